package report

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"seewhy/assets/i18n"
)

// type sizes in page units.
const (
	sizeTitle   = 27.0
	sizeHeading = 15.0
	sizeBody    = 14.0
	sizeSmall   = 12.0
)

// type styles.
type textStyle struct {
	weight weight
	size   float64
	ink    color.RGBA
}

var (
	ink    = color.RGBA{R: 0x1d, G: 0x20, B: 0x26, A: 255}
	muted  = color.RGBA{R: 0x6a, G: 0x70, B: 0x7a, A: 255}
	rule   = color.RGBA{R: 0xdf, G: 0xe2, B: 0xe6, A: 255}
	mat    = color.RGBA{R: 0xf2, G: 0xf3, B: 0xf4, A: 255}
	paper  = color.RGBA{R: 255, G: 255, B: 255, A: 255}
	accent = color.RGBA{R: 0x2b, G: 0x5f, B: 0xa5, A: 255}
	soft   = color.RGBA{R: 0xb9, G: 0xc4, B: 0xd3, A: 255}
	amber  = color.RGBA{R: 0xc4, G: 0x70, B: 0x0a, A: 255}

	styleTitle   = textStyle{bold, sizeTitle, ink}
	styleHeading = textStyle{medium, sizeHeading, ink}
	styleBody    = textStyle{regular, sizeBody, ink}
	styleStrong  = textStyle{medium, sizeBody, ink}
	styleMuted   = textStyle{regular, sizeBody, muted}
	styleSmall   = textStyle{regular, sizeSmall, muted}
	styleMono    = textStyle{mono, sizeSmall, ink}
)

// maxText is how many characters of one text are looked at.
const maxText = 600

// tr translates; where the fonts here cannot draw the language, it is English.
func (p *page) tr(key string, args ...any) string {
	if p.fonts.covers(i18n.T(key)) {
		return i18n.T(key, args...)
	}
	if len(args) == 0 {
		return key
	}
	return fmt.Sprintf(key, args...)
}

// term translates a text that is chosen elsewhere, such as a method's title.
func (p *page) term(key string) string {
	if text := i18n.T(key); p.fonts.covers(text) {
		return text
	}
	return key
}

// clean makes text from outside drawable: one line, no control characters,
// "?" for what no font has, a sane length.
func (p *page) clean(s string) string {
	var out []rune
	missing := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me) && p.fonts.fontOf(regular, r) == nil:
			continue
		case p.fonts.fontOf(regular, r) == nil:
			if missing {
				continue
			}
			missing = true
			out = append(out, '?')
			continue
		}
		missing = false
		out = append(out, r)
		if len(out) > 1<<16 {
			break
		}
	}
	if len(out) > maxText {
		out = slices.Concat(out[:maxText/2], []rune{'…'}, out[len(out)-maxText/2:])
	}
	return strings.TrimSpace(string(out))
}

type run struct {
	font *sfnt.Font
	text string
}

func (p *page) runs(s string, w weight) []run {
	var out []run
	for _, r := range s {
		f := p.fonts.fontOf(w, r)
		if f == nil {
			continue
		}
		if n := len(out); n > 0 && out[n-1].font == f {
			out[n-1].text += string(r)
		} else {
			out = append(out, run{f, string(r)})
		}
	}
	return out
}

func (p *page) face(f *sfnt.Font, size float64) font.Face {
	face, err := p.fonts.face(f, size*p.scale)
	if err != nil && p.err == nil {
		p.err = err
	}
	return face
}

// width measures text in units.
func (p *page) width(s string, st textStyle) float64 {
	var sum fixed.Int26_6
	for _, r := range p.runs(s, st.weight) {
		if face := p.face(r.font, st.size); face != nil {
			sum += font.MeasureString(face, r.text)
		}
	}
	return float64(sum) / 64 / p.scale
}

type align int

const (
	left align = iota
	centre
	right
)

// text draws one line with its baseline at y.
func (p *page) text(x, y float64, s string, st textStyle, a align) {
	switch a {
	case centre:
		x -= p.width(s, st) / 2
	case right:
		x -= p.width(s, st)
	}
	runs := p.runs(s, st.weight)
	p.draw(func(img *image.RGBA) {
		dot := fixed.Point26_6{X: fixed.Int26_6(x * p.scale * 64), Y: fixed.Int26_6(math.Round(y*p.scale) * 64)}
		for _, r := range runs {
			face := p.face(r.font, st.size)
			if face == nil {
				return
			}
			d := font.Drawer{Dst: img, Src: image.NewUniform(st.ink), Face: face, Dot: dot}
			d.DrawString(r.text)
			dot = d.Dot
		}
	})
}

// elide shortens text in the middle until it fits.
func (p *page) elide(s string, st textStyle, width float64) string {
	if p.width(s, st) <= width {
		return s
	}
	runes := []rune(s)
	// fits shows n characters, a little more of the end: names differ there.
	short := func(n int) string {
		head := n / 2
		return strings.TrimSpace(string(runes[:head])) + "…" + strings.TrimSpace(string(runes[len(runes)-(n-head):]))
	}
	low, high := 0, len(runes)-1
	for low < high {
		if n := (low + high + 1) / 2; p.width(short(n), st) <= width {
			low = n
		} else {
			high = n - 1
		}
	}
	return short(low)
}

// wrap breaks text into at most lines lines; what is left over is elided
// into the last one.
func (p *page) wrap(s string, st textStyle, width float64, lines int) []string {
	var out []string
	line, rest := "", atoms(s)
	for len(rest) > 0 {
		next := line + rest[0]
		if line == "" {
			next = strings.TrimLeft(rest[0], " ")
		}
		if p.width(strings.TrimRight(next, " "), st) <= width {
			line, rest = next, rest[1:]
			continue
		}
		if len(out) == lines-1 {
			return append(out, p.elide(strings.TrimSpace(line+strings.Join(rest, "")), st, width))
		}
		if line == "" {
			// A single long word is cut where the line ends.
			runes := []rune(next)
			n := 1
			for n < len(runes) && p.width(string(runes[:n+1]), st) <= width {
				n++
			}
			line, rest[0] = string(runes[:n]), string(runes[n:])
		}
		out, line = append(out, strings.TrimSpace(line)), ""
	}
	if line = strings.TrimSpace(line); line != "" || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// atoms are the pieces between which a line may break: after spaces, slashes
// of paths stay together, and around CJK characters.
func atoms(s string) []string {
	var out []string
	start := 0
	var before rune
	for i, r := range s {
		breaks := before == ' ' && r != ' ' || wide(before) && !unicode.IsPunct(r) || wide(r) && before != 0 && !unicode.IsPunct(before)
		if breaks && i > start {
			out, start = append(out, s[start:i]), i
		}
		before = r
	}
	return append(out, s[start:])
}

func wide(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }
