package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Part is a region in a list of shares.
type Part struct {
	Name  string
	Color color.NRGBA
	// Map and Area are how much of the map and of the area lie in it, 0..1;
	// Text says both.
	Map, Area float64
	Text      string
}

// Shares shows, for each region, how much of the map lies in it as a bar, with a
// mark where the bar would end if the map were spread evenly.
type Shares struct {
	widget.BaseWidget
	parts []Part
	cells []*shareCell
	body  *drawn
	tight bool
}

type shareCell struct {
	part       Part
	name, text *Text
	track, bar *canvas.Rectangle
	mark       *canvas.Rectangle
}

// Measures of a cell.
const (
	shareWidth  float32 = 150
	shareHeight float32 = 25
	shareGap    float32 = 14
	tightWidth  float32 = 100
	tightHeight float32 = 20
	tightGap    float32 = 10
	// shareLines bounds the lines of regions: a pane's foot is no list.
	shareLines = 2
)

// NewShares makes an empty list.
func NewShares() *Shares {
	s := &Shares{}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows parts; those that do not fit into two lines are left out.
func (s *Shares) Set(parts []Part) {
	same := len(parts) == len(s.parts)
	for i := 0; same && i < len(parts); i++ {
		same = parts[i] == s.parts[i]
	}
	if same {
		return
	}
	s.parts = parts
	for len(s.cells) < len(parts) {
		c := &shareCell{name: NewText("").Small().Colored(look.Text), text: NewText("").Small().Whole().Aligned(fyne.TextAlignTrailing)}
		c.track, c.bar, c.mark = canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
		c.track.CornerRadius, c.bar.CornerRadius = 1.5, 1.5
		s.cells = append(s.cells, c)
	}
	s.cells = s.cells[:len(parts)]
	for i, p := range parts {
		c := s.cells[i]
		c.part = p
		c.name.SetText(p.Name)
		c.text.SetText(p.Text)
	}
	s.Refresh()
}

// shareSize is the least that a cell takes, and the room between two.
func shareSize(tight bool) (width, height, gap float32) {
	if tight {
		return tightWidth, tightHeight, tightGap
	}
	return shareWidth, shareHeight, shareGap
}

// columns is how many cells lie beside each other.
func columns(width float32, tight bool) int {
	w, _, gap := shareSize(tight)
	return max(1, int((width+gap)/(w+gap)))
}

// ShareRoom is the height that so many parts take at a width, tight or not; 0
// without any.
func ShareRoom(parts int, width float32, tight bool) float32 {
	n := columns(width, tight)
	_, height, _ := shareSize(tight)
	return float32(min((parts+n-1)/n, shareLines)) * height
}

// SetTight makes the cells small.
func (s *Shares) SetTight(on bool) {
	if s.tight != on {
		s.tight = on
		s.Refresh()
	}
}

func (s *Shares) arrange(size fyne.Size) {
	n := max(min(columns(size.Width, s.tight), len(s.cells)), 1)
	_, height, gap := shareSize(s.tight)
	w := (size.Width - float32(n-1)*gap) / float32(n)
	// The words of a tight cell lie closer to its bar.
	bar := height - 7
	if s.tight {
		bar = height - 5
	}
	s.body.objects = s.body.objects[:0]
	for i, c := range s.cells {
		line := i / n
		if line >= shareLines {
			break
		}
		x, y := float32(i%n)*(w+gap), float32(line)*height
		text := c.text.MinSize().Width
		place(c.name, x, y, w-text-6, bar-1)
		place(c.text, x+w-text, y, text, bar-1)
		place(c.track, x, y+bar, w, 3)
		place(c.bar, x, y+bar, max(w*unit(c.part.Map), 1.5), 3)
		mark := float32(2)
		if s.tight {
			mark = 1
		}
		place(c.mark, x+w*unit(c.part.Area)-1, y+bar-mark, 2, 3+2*mark)
		s.body.objects = append(s.body.objects, c.name, c.text, c.track, c.bar, c.mark)
	}
}

func unit(v float64) float32 { return float32(min(max(v, 0), 1)) }

// CreateRenderer is Fyne's hook.
func (s *Shares) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		for _, c := range s.cells {
			c.track.FillColor, c.bar.FillColor, c.mark.FillColor = look.Color(look.Hairline), c.part.Color, look.Color(look.Text)
		}
	}
	s.body = &drawn{
		layout: s.arrange,
		min:    func() fyne.Size { return fyne.NewSize(120, ShareRoom(len(s.parts), s.Size().Width, s.tight)) },
		refresh: func() {
			style()
			s.arrange(s.Size())
			for _, o := range s.body.objects {
				o.Refresh()
			}
		},
	}
	style()
	return again(s.body, s.Size())
}
