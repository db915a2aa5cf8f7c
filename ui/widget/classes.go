package widget

import (
	"image"
	"image/color"
	"image/draw"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Class is a row of the list of answers.
type Class struct {
	Class int
	Label string
	// Share is the probability, 0..1; Percent and Logit are the numbers in words.
	Share          float64
	Percent, Logit string
	// Chosen is the class being explained.
	Chosen bool
	// Changed says that there was another answer before; Before is its share,
	// and Change says in words how the share has changed, in the logit's place;
	// Trend is 1 where it rose, -1 where it fell, 0 where that is too little to tell.
	Changed bool
	Before  float64
	Change  string
	Trend   int
}

// Classes lists answers with bars and a search field over all labels.
type Classes struct {
	widget.BaseWidget
	all    []Class
	shown  []Class
	search *searchEntry
	list   *widget.List
	empty  *Text
	whole  fyne.CanvasObject
	// OnPicked reports a click on a class, OnPinned one on its plus.
	OnPicked func(class int)
	OnPinned func(class int)
	// OnMenu reports a right click, at a place of the window.
	OnMenu func(class int, at fyne.Position)
}

// NewClasses makes an empty list; empty is said where a search finds nothing.
func NewClasses(placeholder, empty string) *Classes {
	c := &Classes{search: newSearchEntry(placeholder), empty: NewText(empty).Small().Wrapped(3)}
	c.search.OnChanged = func(string) { c.filter() }
	c.search.onKey = c.key
	c.list = widget.NewList(
		func() int { return len(c.shown) },
		func() fyne.CanvasObject { return newClassRow() },
		func(i widget.ListItemID, o fyne.CanvasObject) {
			// The list asks for rows that a narrower search has just taken away.
			if i < len(c.shown) {
				row, class := o.(*classRow), c.shown[i]
				row.set(class)
				row.OnTapped = func() { c.pick(class.Class) }
				row.onMenu = func(at fyne.Position) {
					if c.OnMenu != nil {
						c.OnMenu(class.Class, at)
					}
				}
				row.onPinned = func() {
					if c.OnPinned != nil {
						c.OnPinned(class.Class)
					}
				}
			}
		},
	)
	c.list.HideSeparators = true
	c.empty.Hide()
	c.whole = container.NewBorder(container.New(layout.NewCustomPaddedLayout(0, 6, 0, 0), c.search), nil, nil, nil, container.NewStack(c.list, container.New(layout.NewCustomPaddedLayout(8, 0, 8, 8), container.NewVBox(c.empty))))
	c.ExtendBaseWidget(c)
	return c
}

// Set shows classes in the order given.
func (c *Classes) Set(all []Class) {
	c.all = all
	c.filter()
}

// FocusSearch puts the keyboard into the search field.
func (c *Classes) FocusSearch() {
	if cv := canvasOf(c); cv != nil {
		cv.Focus(c.search)
	}
}

func (c *Classes) pick(class int) {
	if c.OnPicked != nil {
		c.OnPicked(class)
	}
}

func (c *Classes) filter() {
	words := strings.Fields(strings.ToLower(c.search.Text))
	c.shown = c.all
	if len(words) > 0 {
		c.shown = nil
		for _, k := range c.all {
			if matches(Choice{Title: k.Label}, words) {
				c.shown = append(c.shown, k)
			}
		}
	}
	if len(c.shown) == 0 && len(c.all) > 0 {
		c.empty.Show()
	} else {
		c.empty.Hide()
	}
	c.list.Refresh()
}

func (c *Classes) key(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if len(c.shown) > 0 {
			c.pick(c.shown[0].Class)
		}
	case fyne.KeyEscape:
		c.search.SetText("")
		if cv := canvasOf(c); cv != nil {
			cv.Unfocus()
		}
	default:
		return false
	}
	return true
}

// CreateRenderer is Fyne's hook.
func (c *Classes) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.whole) }

type classRow struct {
	press
	class                 Class
	label, percent, logit *Text
	// bar is what the class has of the whole, on its track: one picture.
	bar           *canvas.Raster
	track, filled color.Color
	// before marks where the bar ended before.
	before *plate
	// pin is the plus at the end of the row under the mouse; in all of them it
	// would be one more texture a row in every frame.
	pin      *canvas.Image
	onPinned func()
	onMenu   func(at fyne.Position)
}

const pinSide = 20

// Tapped takes the class, or pins it.
func (r *classRow) Tapped(e *fyne.PointEvent) {
	if r.onPinned != nil && e.Position.X >= r.Size().Width-pinSide-4 {
		r.onPinned()
		return
	}
	r.press.Tapped(e)
}

// TappedSecondary asks for the class's menu.
func (r *classRow) TappedSecondary(e *fyne.PointEvent) {
	if r.onMenu != nil {
		r.onMenu(e.AbsolutePosition)
	}
}

// MouseIn shows the plus.
func (r *classRow) MouseIn(e *desktop.MouseEvent) {
	r.pin.Show()
	r.press.MouseIn(e)
}

// MouseOut hides it.
func (r *classRow) MouseOut() {
	r.pin.Hide()
	r.press.MouseOut()
}

func newClassRow() *classRow {
	r := &classRow{
		label: NewText(""), percent: NewText("").Aligned(fyne.TextAlignTrailing), logit: NewText("").Small().Aligned(fyne.TextAlignTrailing),
		before: newPlate(color.Transparent),
	}
	r.pin = canvas.NewImageFromResource(nil)
	r.pin.Hide()
	r.bar = canvas.NewRaster(r.picture)
	r.bar.ScaleMode = canvas.ImageScalePixels
	r.begin(r, look.RadiusSmall)
	return r
}

func (r *classRow) set(c Class) {
	if r.class == c {
		return
	}
	r.class = c
	r.label.SetText(c.Label)
	r.percent.SetText(c.Percent)
	r.logit.SetText(c.Logit)
	r.logit.SetColor(look.Muted)
	if c.Changed {
		r.logit.SetText(c.Change)
		switch {
		case c.Trend > 0:
			r.logit.SetColor(look.Accent)
		case c.Trend < 0:
			r.logit.SetColor(look.Error)
		}
	}
	r.Refresh()
}

// picture is the bar on its track.
func (r *classRow) picture(w, h int) image.Image {
	round := func(w int, c color.Color) *image.RGBA {
		return rounded(w, h, float64(h)/2, 0, straight(c), color.NRGBA{})
	}
	out := round(w, r.track)
	bar := round(max(int(float64(w)*min(max(r.class.Share, 0), 1)+0.5), (h+1)/2), r.filled)
	draw.Draw(out, bar.Rect, bar, image.Point{}, draw.Over)
	return out
}

func (r *classRow) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		r.fill = ""
		r.filled = look.Color(look.Muted)
		if r.class.Chosen {
			r.fill = look.Tint
			r.filled = look.Color(look.Accent)
		}
		r.before.FillColor = look.Color(look.Text)
		r.before.Hidden = !r.class.Changed
		r.track = look.Color(look.Hairline)
		r.pin.Resource = theme.NewColoredResource(theme.ContentAddIcon(), look.Muted)
		r.paint()
	}
	arrange := func(size fyne.Size) {
		r.back.Resize(size)
		const logit, percent, icon = 46, 58, 14
		w := size.Width - 14 - pinSide
		place(r.pin, size.Width-pinSide+1, (size.Height-icon)/2-3, icon, icon)
		place(r.label, 8, 4, w-logit-percent-4, 19)
		place(r.percent, 8+w-logit-percent, 4, percent, 19)
		place(r.logit, 8+w-logit, 4, logit, 19)
		place(r.bar, 8, 26, w, 3)
		place(r.before.Raster, 8+w*unit(r.class.Before)-1, 24, 2, 7)
	}
	style()
	return &drawn{
		objects: []fyne.CanvasObject{r.back.Raster, r.bar, r.before.Raster, r.label, r.percent, r.logit, r.pin},
		layout:  arrange,
		min:     func() fyne.Size { return fyne.NewSize(160, 33) },
		refresh: func() {
			style()
			arrange(r.Size())
			r.back.Refresh()
			r.bar.Refresh()
			r.before.Refresh()
		},
	}
}
