package task

import (
	"fmt"
	"strconv"
	"strings"
)

// Param is one number that a user can set. Forms, flags and docs are made from it.
type Param struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Help    string  `json:"help"`
	Default float64 `json:"default"`
	Min     float64 `json:"min"`
	Max     float64 `json:"max"`
	Step    float64 `json:"step"`
	// Choices, where not empty, names the values 0, 1, 2 ...
	Choices []string `json:"choices,omitempty"`
	// Unit is shown behind the number.
	Unit string `json:"unit,omitempty"`
}

// Words shows a value of the parameter: its choice's name, or the number with
// its unit.
func (p Param) Words(v float64) string {
	if i := int(v); len(p.Choices) > 0 && i >= 0 && i < len(p.Choices) {
		return p.Choices[i]
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if p.Unit != "" {
		s += " " + p.Unit
	}
	return s
}

// Parse reads a value as a person writes it: a number, or a choice's name or
// the beginning of one.
func (p Param) Parse(text string) (float64, error) {
	for i, c := range p.Choices {
		if text != "" && strings.HasPrefix(strings.ToLower(c), strings.ToLower(text)) {
			return float64(i), nil
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= p.Min && v <= p.Max) {
		if len(p.Choices) > 0 {
			return 0, fmt.Errorf("%s is %q; choose one of: %s", p.ID, text, strings.Join(p.Choices, ", "))
		}
		return 0, fmt.Errorf("%s is %q; it takes a number from %g to %g", p.ID, text, p.Min, p.Max)
	}
	return v, nil
}
