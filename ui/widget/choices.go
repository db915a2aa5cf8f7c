package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
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

// Focus is what should get the keyboard when the list opens: the search field,
// or the list itself where it has none.
func (c *Choices) Focus() fyne.Focusable {
	if c.whole == fyne.CanvasObject(c.scroll) {
		return c
	}
	return c.search
}

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
