package widget

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Text is a line that ends in an ellipsis where it does not fit, or, with
// Wrap, a paragraph. It has no padding of its own.
type Text struct {
	widget.BaseWidget
	text  string
	color fyne.ThemeColorName
	size  float32
	style fyne.TextStyle
	align fyne.TextAlign
	// wrap breaks lines, at most limit of them (0: any number).
	wrap  bool
	limit int
	// whole asks for room for all of the line; tail cuts the front off one
	// that does not fit.
	whole, tail bool

	lines []*canvas.Text
	body  *drawn
	// measured is what its smallest size was worked out for: the toolkit asks
	// for it several times in every frame.
	measured measure
	smallest fyne.Size
}

// NewText makes a line of body text.
func NewText(text string) *Text {
	t := &Text{text: text, color: look.Text, size: look.SizeText}
	t.ExtendBaseWidget(t)
	return t
}

// Small makes it small and muted.
func (t *Text) Small() *Text { t.size, t.color = look.SizeSmall, look.Muted; return t }

// Bold makes it bold.
func (t *Text) Bold() *Text { t.style.Bold = true; return t }

// Sized sets the text size.
func (t *Text) Sized(size float32) *Text { t.size = size; return t }

// Colored sets the colour by name.
func (t *Text) Colored(name fyne.ThemeColorName) *Text { t.color = name; return t }

// Aligned sets the alignment.
func (t *Text) Aligned(a fyne.TextAlign) *Text { t.align = a; return t }

// Wrapped makes it a paragraph of at most limit lines (0: any number).
func (t *Text) Wrapped(limit int) *Text { t.wrap, t.limit = true, limit; return t }

// KeepEnd cuts the front off a line that does not fit: of paths the end tells most.
func (t *Text) KeepEnd() *Text { t.tail = true; return t }

// Whole asks for room for the whole line.
func (t *Text) Whole() *Text { t.whole = true; return t }

// SetText changes the words.
func (t *Text) SetText(text string) {
	if t.text == text {
		return
	}
	t.text = text
	t.Refresh()
}

// Cut says that a line does not fit and ends in an ellipsis.
func (t *Text) Cut() bool { return !t.wrap && len(t.lines) > 0 && t.lines[0].Text != t.text }

// Text is what it shows.
func (t *Text) Text() string { return t.text }

// SetColor changes the colour.
func (t *Text) SetColor(name fyne.ThemeColorName) {
	if t.color != name {
		t.color = name
		t.Refresh()
	}
}

// measure is all that a text's smallest size depends on.
type measure struct {
	text        string
	width, size float32
	style       fyne.TextStyle
	wrap, whole bool
	limit       int
}

func (t *Text) least() fyne.Size {
	m := measure{text: t.text, size: t.size, style: t.style, wrap: t.wrap, whole: t.whole, limit: t.limit}
	if t.wrap {
		m.width = t.Size().Width
	}
	if t.measured != m {
		t.measured, t.smallest = m, fyne.NewSize(0, t.HeightFor(t.Size().Width))
		if t.whole {
			t.smallest.Width = t.width(t.text)
		}
	}
	return t.smallest
}

func (t *Text) width(s string) float32 { return fyne.MeasureText(s, t.size, t.style).Width }

// HeightFor is the height at a width.
func (t *Text) HeightFor(width float32) float32 {
	n := 1
	if t.wrap {
		n = len(t.split(width))
		if t.text == "" {
			n = 0
		}
	}
	return float32(n) * lineHeight(t.size, t.style)
}

// CreateRenderer is Fyne's hook.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	t.body = &drawn{
		layout: t.arrange,
		min:    t.least,
		refresh: func() {
			// The font may be another one now.
			t.measured = measure{}
			t.arrange(t.Size())
			for _, l := range t.lines {
				l.Refresh()
			}
		},
	}
	return again(t.body, t.Size())
}

func (t *Text) arrange(size fyne.Size) {
	parts := []string{t.elide(t.text, size.Width)}
	if t.wrap {
		parts = t.split(size.Width)
	}
	for len(t.lines) < len(parts) {
		t.lines = append(t.lines, canvas.NewText("", nil))
	}
	t.lines = t.lines[:len(parts)]
	t.body.objects = t.body.objects[:0]
	h := lineHeight(t.size, t.style)
	top := float32(0)
	if !t.wrap {
		top = (size.Height - h) / 2
		if t.size < look.SizeText {
			// Small text stands on the line of the body text beside it.
			top = (size.Height-lineHeight(look.SizeText, t.style))/2 + baseline(look.SizeText, t.style) - baseline(t.size, t.style)
		}
	}
	for i, part := range parts {
		l := t.lines[i]
		l.Text, l.TextSize, l.TextStyle, l.Alignment, l.Color = part, t.size, t.style, t.align, look.Color(t.color)
		place(l, 0, top+float32(i)*h, size.Width, h)
		t.body.objects = append(t.body.objects, l)
	}
}

func baseline(size float32, style fyne.TextStyle) float32 {
	_, b := fyne.CurrentApp().Driver().RenderedTextSize("Mg", size, style, nil)
	return b
}

const ellipsis = "…"

// elide cuts the end (or the front) off until the rest and an ellipsis fit.
func (t *Text) elide(s string, width float32) string {
	if width <= 0 || s == "" || t.width(s) <= width+0.5 {
		return s
	}
	if t.tail {
		runes := []rune(s)
		for len(runes) > 1 && t.width(ellipsis+string(runes)) > width {
			runes = runes[1:]
		}
		return ellipsis + strings.TrimLeft(string(runes), "./_")
	}
	return elide(s, t.size, t.style, width)
}

// elide cuts the end off words until the rest and an ellipsis fit.
func elide(s string, size float32, style fyne.TextStyle, width float32) string {
	if fyne.MeasureText(s, size, style).Width <= width {
		return s
	}
	runes := []rune(s)
	low, high := 0, len(runes)
	for low < high {
		middle := (low + high + 1) / 2
		if fyne.MeasureText(string(runes[:middle])+ellipsis, size, style).Width <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return strings.TrimRight(string(runes[:low]), " ") + ellipsis
}

// split breaks the text into lines: between words, and anywhere in scripts
// that have no spaces or in words longer than a line.
func (t *Text) split(width float32) []string {
	var lines []string
	for _, paragraph := range strings.Split(t.text, "\n") {
		line := ""
		for _, piece := range pieces(paragraph) {
			if line == "" || width <= 0 || t.width(strings.TrimRight(line+piece, " ")) <= width {
				line += piece
				continue
			}
			lines = append(lines, strings.TrimRight(line, " "))
			line = piece
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	for i, l := range lines {
		lines[i] = t.elide(l, width)
	}
	if t.limit > 0 && len(lines) > t.limit {
		rest := strings.Join(lines[t.limit-1:], " ")
		lines = append(lines[:t.limit-1:t.limit-1], t.elide(rest, width))
	}
	return lines
}

// pieces are the parts between which a line may break; spaces stay with the
// piece before them.
func pieces(s string) []string {
	var out []string
	start := 0
	runes := []rune(s)
	for i := 1; i < len(runes); i++ {
		before, here := runes[i-1], runes[i]
		// A line begins neither with a sign of per cent nor with a dot between.
		breaks := before == ' ' && here != ' ' && here != '%' && here != '·'
		if wide(here) && !unicode.IsPunct(here) && before != '“' && before != '（' {
			breaks = true
		}
		if wide(before) && !wide(here) && here != ' ' && !unicode.IsPunct(here) {
			breaks = true
		}
		if breaks {
			out = append(out, string(runes[start:i]))
			start = i
		}
	}
	return append(out, string(runes[start:]))
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || (r >= 0x3000 && r <= 0x303f) || (r >= 0xff00 && r <= 0xff60)
}
