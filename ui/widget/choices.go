package widget

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
)

// Choice is a line of a list to pick from.
type Choice struct {
	ID, Title string
	// Detail stands at the right, Note under the title.
	Detail, Note string
	// Why, where not empty, says why it cannot be picked.
	Why string
	// Header makes it a heading; it cannot be picked.
	Header bool
	// Depth indents it. Branch makes it one that opens and closes the deeper
	// lines after it; Open says that it begins open.
	Depth  int
	Branch bool
	Open   bool
	// Path is the whole name of what Title tells only the end of; a search
	// shows that.
	Path   string
	Chosen bool
	// Ticks gives it a box at its left, by which several are chosen; see
	// Choices.SetTicked.
	Ticks  bool
	Swatch *canvas.Image
}

// maxChoices bounds the lines built; the search narrows the rest.
const maxChoices = 150

// Choices is a list with a search field, for a pop-up.
type Choices struct {
	widget.BaseWidget
	all    []Choice
	more   func(left int) string
	search *searchEntry
	list   *fyne.Container
	scroll *container.Scroll
	whole  fyne.CanvasObject
	rows   []*choiceRow
	at     int
	// open tells of branches, by their place in all, what the user did.
	open map[int]bool
	// ticked are the IDs whose boxes are ticked.
	ticked map[string]bool

	// OnTicked reports a click on a box, or on a line with Ctrl held; the list
	// stays open.
	OnTicked func(id string)
	// OnPicked reports the choice; OnClosed that Escape was pressed.
	// OnResized that branches have opened or closed.
	OnPicked  func(id string)
	OnClosed  func()
	OnResized func()
}

// NewChoices makes a list. An empty placeholder leaves the search field out;
// more words the line that stands for those not shown.
func NewChoices(all []Choice, placeholder string, more func(left int) string) *Choices {
	c := &Choices{all: all, more: more, list: container.New(layout.NewCustomPaddedVBoxLayout(0)), at: -1, open: map[int]bool{}}
	for i, ch := range all {
		c.open[i] = ch.Open
	}
	c.scroll = container.NewVScroll(c.list)
	c.search = newSearchEntry(placeholder)
	c.search.OnChanged = c.fill
	c.search.onKey = c.key
	c.whole = c.scroll
	if placeholder != "" {
		c.whole = container.NewBorder(container.New(layout.NewCustomPaddedLayout(2, 6, 4, 4), c.search), nil, nil, nil, c.scroll)
	}
	c.ExtendBaseWidget(c)
	c.fill("")
	return c
}

// Focus is what should get the keyboard when the list opens.
func (c *Choices) Focus() fyne.Focusable { return c.search }

// HeightFor is that of all lines at a width, for sizing the pop-up.
func (c *Choices) HeightFor(width float32) float32 {
	h := float32(2)
	for _, o := range c.list.Objects {
		h += o.(*choiceRow).heightFor(width)
	}
	if c.whole != fyne.CanvasObject(c.scroll) {
		h += c.search.MinSize().Height + 8
	}
	return h
}

// CreateRenderer is Fyne's hook.
func (c *Choices) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.whole) }

// matches is a case-blind search for every word in any place.
func matches(ch Choice, words []string) bool {
	text := strings.ToLower(ch.Title + " " + ch.Path + " " + ch.Detail + " " + ch.ID)
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (c *Choices) fill(query string) {
	words := strings.Fields(strings.ToLower(query))
	c.list.RemoveAll()
	c.rows, c.at = nil, -1
	left := 0
	var header *choiceRow
	// What is deeper than a closed branch is hidden, until a search looks
	// through all.
	hidden, found := -1, map[string]bool{}
	for i, ch := range c.all {
		if ch.Header {
			header, hidden = newChoiceRow(ch), -1
			continue
		}
		if len(words) == 0 {
			if hidden >= 0 && ch.Depth > hidden {
				continue
			}
			hidden = -1
			if ch.Branch && !c.open[i] {
				hidden = ch.Depth
			}
		} else {
			// A line that stands in two places is found once.
			if ch.Branch || found[ch.ID] || !matches(ch, words) {
				continue
			}
			found[ch.ID] = true
			ch.Depth = 0
			if ch.Path != "" {
				ch.Title = ch.Path
			}
		}
		if len(c.rows) >= maxChoices {
			left++
			continue
		}
		if header != nil {
			c.list.Add(header)
			header = nil
		}
		row := newChoiceRow(ch)
		row.open = c.open[i]
		row.ticked = ch.Ticks && c.ticked[ch.ID]
		row.OnTapped = func() { c.pick(ch) }
		row.onTick = func() { c.tick(ch) }
		if ch.Branch {
			row.OnTapped = func() { c.toggle(i) }
		}
		c.rows = append(c.rows, row)
		c.list.Add(row)
	}
	if left > 0 && c.more != nil {
		c.list.Add(newChoiceRow(Choice{Header: true, Title: c.more(left)}))
	}
	if len(c.rows) == 0 && len(words) > 0 {
		c.list.Add(newChoiceRow(Choice{Header: true, Title: i18n.T("Nothing here has these words.")}))
	}
	c.scroll.ScrollToTop()
	if query != "" {
		c.begin(strings.ToLower(query))
	}
}

// toggle opens or closes a branch and leaves the list where it stands.
func (c *Choices) toggle(i int) {
	c.open[i] = !c.open[i]
	at := c.scroll.Offset
	c.fill(c.search.Text)
	c.scroll.Offset = at
	c.scroll.Refresh()
	if c.OnResized != nil {
		c.OnResized()
	}
}

// begin goes to the row that the query names in full, else to the first that
// starts with it, else to the first: "grad" means Grad-CAM rather than
// EigenGrad-CAM above it.
func (c *Choices) begin(query string) {
	named := false
	for i, r := range c.rows {
		title := strings.ToLower(r.choice.Title)
		if r.choice.Why != "" || !strings.HasPrefix(title, query) {
			continue
		}
		if !named || title == query {
			// The row before it: move goes on from there.
			c.at = i - 1
			named = true
		}
		if title == query {
			break
		}
	}
	c.move(1)
}

// ShowChosen scrolls to the first line that is chosen already.
func (c *Choices) ShowChosen() {
	for _, r := range c.rows {
		if r.choice.Chosen {
			c.reveal(r)
			return
		}
	}
}

// reveal scrolls as little as shows all of a row.
func (c *Choices) reveal(row *choiceRow) {
	y, h := row.Position().Y, row.MinSize().Height
	switch view := c.scroll.Size().Height; {
	case y < c.scroll.Offset.Y:
		c.scroll.Offset.Y = y
		c.scroll.Refresh()
	case view > 0 && y+h > c.scroll.Offset.Y+view:
		c.scroll.Offset.Y = y + h - view
		c.scroll.Refresh()
	}
}

func (c *Choices) pick(ch Choice) {
	if ch.Why == "" && c.OnPicked != nil {
		c.OnPicked(ch.ID)
	}
}

func (c *Choices) tick(ch Choice) {
	if ch.Why == "" && c.OnTicked != nil {
		c.OnTicked(ch.ID)
	}
}

// SetTicked ticks the boxes of the lines with these IDs, and of no others;
// lines without a box are marked as chosen.
func (c *Choices) SetTicked(ids []string) {
	c.ticked = make(map[string]bool, len(ids))
	for _, id := range ids {
		c.ticked[id] = true
	}
	for i := range c.all {
		c.all[i].Chosen = c.ticked[c.all[i].ID]
	}
	for _, r := range c.rows {
		if on := c.ticked[r.choice.ID]; on != r.ticked || on != r.choice.Chosen {
			r.ticked, r.choice.Chosen = on && r.choice.Ticks, on
			r.Refresh()
		}
	}
}

// move goes to the next row up or down that can be picked.
func (c *Choices) move(by int) {
	for i := c.at + by; i >= 0 && i < len(c.rows); i += by {
		if c.rows[i].choice.Why == "" {
			if c.at >= 0 {
				c.rows[c.at].FocusLost()
			}
			c.at = i
			row := c.rows[i]
			row.FocusGained()
			c.reveal(row)
			return
		}
	}
}

func (c *Choices) key(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyDown:
		c.move(1)
	case fyne.KeyUp:
		c.move(-1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if c.at >= 0 {
			c.rows[c.at].fire()
		}
	case fyne.KeyInsert:
		if c.at >= 0 && c.rows[c.at].choice.Ticks {
			c.rows[c.at].onTick()
		}
	case fyne.KeyEscape:
		if c.OnClosed != nil {
			c.OnClosed()
		}
	default:
		return false
	}
	return true
}

// choiceRow is one line of the list.
type choiceRow struct {
	press
	choice              Choice
	title, detail, note *Text
	dot                 *canvas.Circle
	// open says of a branch that what is under it is shown.
	open  bool
	arrow *canvas.Image
	// ticked says of one with a box that it is ticked; box is its icon, and
	// control that Ctrl was held when the mouse went down.
	ticked, control bool
	box             *canvas.Image
	onTick          func()
}

func newChoiceRow(ch Choice) *choiceRow {
	r := &choiceRow{choice: ch, title: NewText(ch.Title), detail: NewText(ch.Detail).Small().Whole(), note: NewText(ch.Note).Small().Wrapped(2), dot: canvas.NewCircle(color.Transparent)}
	if ch.Why != "" {
		r.disabled = true
		r.title.color = look.Faint
		r.note = NewText(ch.Why).Small().Colored(look.Warning).Wrapped(3)
	}
	if ch.Header {
		r.disabled = true
		r.title.Small().Bold()
	}
	r.begin(r, look.RadiusSmall)
	return r
}

const (
	rowPad  = 10
	rowDot  = 5
	rowText = 22

	rowIndent float32 = 14
	boxSide   float32 = 15
)

// MouseDown notes whether Ctrl is held.
func (r *choiceRow) MouseDown(e *desktop.MouseEvent) {
	r.control = e.Modifier&fyne.KeyModifierShortcutDefault != 0
}

// MouseUp does nothing.
func (r *choiceRow) MouseUp(*desktop.MouseEvent) {}

// Tapped is Fyne's hook: the box, or Ctrl, ticks; the rest picks.
func (r *choiceRow) Tapped(e *fyne.PointEvent) {
	onBox := e != nil && e.Position.X < rowText+float32(r.choice.Depth)*rowIndent
	if r.choice.Ticks && (r.control || onBox) {
		r.control = false
		r.onTick()
		return
	}
	r.press.Tapped(e)
}

func (r *choiceRow) heightFor(width float32) float32 {
	switch {
	case r.choice.Header:
		return 27
	case r.note.Text() == "":
		return 29
	case width == 0:
		// Before the first layout any width will do.
		width = 320
	}
	return 28 + r.note.HeightFor(width-rowText-rowPad)
}

func (r *choiceRow) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{r.back, r.dot, r.title, r.detail, r.note}
	if r.choice.Swatch != nil {
		objects = append(objects, r.choice.Swatch)
	}
	if r.choice.Branch {
		r.arrow = canvas.NewImageFromResource(nil)
		objects = append(objects, r.arrow)
	}
	if r.choice.Ticks {
		r.box = canvas.NewImageFromResource(nil)
		objects = append(objects, r.box)
	}
	style := func() {
		if r.box != nil {
			icon, ink := theme.CheckButtonIcon(), look.Faint
			if r.ticked {
				icon, ink = theme.CheckButtonCheckedIcon(), look.Accent
			}
			r.box.Resource = theme.NewColoredResource(icon, ink)
		}
		if r.arrow != nil {
			icon := theme.MenuExpandIcon()
			if r.open {
				icon = theme.MenuDropDownIcon()
			}
			r.arrow.Resource = theme.NewColoredResource(icon, look.Muted)
		}
		r.dot.FillColor = color.Transparent
		if r.choice.Chosen && r.box == nil {
			r.dot.FillColor = look.Color(look.Accent)
		}
		r.paint()
	}
	style()
	return &drawn{
		objects: objects,
		layout: func(size fyne.Size) {
			r.back.Resize(size)
			indent := float32(r.choice.Depth) * rowIndent
			place(r.dot, rowPad-1+indent, 12, rowDot, rowDot)
			x := rowText + indent
			if r.arrow != nil {
				place(r.arrow, x-18, 6, 16, 16)
			}
			if r.box != nil {
				place(r.box, x-17, 7, boxSide, boxSide)
				x += 3
			}
			if r.choice.Header {
				x = rowPad
			}
			if r.choice.Swatch != nil {
				place(r.choice.Swatch, x, 9, 56, 11)
				x += 66
			}
			d := r.detail.MinSize().Width
			if r.choice.Detail == "" {
				d = 0
			}
			d = min(d, (size.Width-x)*0.6)
			place(r.title, x, 5, size.Width-x-rowPad-d-6, 19)
			place(r.detail, size.Width-rowPad-d, 5, d, 19)
			place(r.note, rowText, 23, size.Width-rowText-rowPad, max(size.Height-26, 0))
		},
		min: func() fyne.Size { return fyne.NewSize(180, r.heightFor(r.Size().Width)) },
		refresh: func() {
			style()
			r.back.Refresh()
			r.dot.Refresh()
			if r.box != nil {
				r.box.Refresh()
			}
			r.title.Refresh()
			r.detail.Refresh()
			r.note.Refresh()
		},
	}
}
