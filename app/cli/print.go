package cli

import (
	"encoding/json"
	"io"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// printer writes text for people. Names and labels inside it come from
// models and pictures: control characters never reach the terminal. The first
// write that fails is kept and ends all later ones.
type printer struct {
	w      io.Writer
	failed error
}

func (p *printer) line(text string) {
	p.raw(printable(text) + "\n")
}

func (p *printer) raw(text string) {
	if p.failed == nil {
		_, p.failed = io.WriteString(p.w, text)
	}
}

// rows prints cells in columns that line up, also where characters are wide.
func (p *printer) rows(indent string, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], uniseg.StringWidth(printable(cell)))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			cell = printable(cell)
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell)+2))
			}
		}
		p.raw(indent + strings.TrimRight(b.String(), " ") + "\n")
	}
}

// json prints a value: on one line, or indented.
func (p *printer) json(v any, indent bool) error {
	e := json.NewEncoder(p.w)
	e.SetEscapeHTML(false)
	if indent {
		e.SetIndent("", "  ")
	}
	return e.Encode(v)
}

// printable drops what moves the cursor, changes colours or hides text; line
// breaks stay.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}
