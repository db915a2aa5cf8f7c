package session

import (
	"fmt"
	"slices"
)

// Filter says which pictures the filmstrip shows, and in which order. The zero
// value shows all of them, as they were opened.
type Filter struct {
	// Text holds words that name, note or class must contain, each of them.
	Text string `json:"text,omitempty"`
	// Mark is "", Starred, Rejected or Unmarked.
	Mark string `json:"mark,omitempty"`
	// Class is the predicted class's name; empty means any.
	Class string `json:"class,omitempty"`
	// Low and High bound the answer's probability, 0..1; a High of 0 means 1.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
	// Warning is "" or one of Wrong, Unsure, Unreadable, Warned.
	Warning string `json:"warning,omitempty"`
	// Sort is "" (as opened), ByName, ByClass, ByConfidence or ByMark.
	Sort       string `json:"sort,omitempty"`
	Descending bool   `json:"descending,omitempty"`
}

// Unmarked are pictures without a mark.
const Unmarked = "unmarked"

// What a picture is warned of: an answer that is known to be wrong, one of
// less than half the probability, a file that cannot be shown, a result with
// warnings.
const (
	Wrong      = "wrong"
	Unsure     = "unsure"
	Unreadable = "unreadable"
	Warned     = "warned"
)

// The orders of the filmstrip, but for the order in which they were opened.
const (
	ByName       = "name"
	ByClass      = "class"
	ByConfidence = "confidence"
	ByMark       = "mark"
)

// maxText bounds what is searched for, in bytes.
const maxText = 1000

// Clear is the filter that leaves nothing out; the order stays.
func (f Filter) Clear() Filter { return Filter{Sort: f.Sort, Descending: f.Descending} }

// LeavesOut says that it may leave pictures out.
func (f Filter) LeavesOut() bool { return f != f.Clear() }

// Bounded says that it asks for a range of probabilities.
func (f Filter) Bounded() bool { return f.Low > 0 || f.High > 0 && f.High < 1 }

// Asks says that it needs the model's answer for every picture.
func (f Filter) Asks() bool {
	return f.Class != "" || f.Bounded() || f.Warning == Wrong || f.Warning == Unsure || f.Sort == ByClass || f.Sort == ByConfidence
}

func (f Filter) check() error {
	switch {
	case len(f.Text) > maxText || len(f.Class) > maxText:
		return damaged("filter", fmt.Sprintf("%d bytes long", max(len(f.Text), len(f.Class))))
	case !slices.Contains([]string{"", Starred, Rejected, Unmarked}, f.Mark):
		return damaged("filter.mark", f.Mark)
	case !share(f.Low) || !share(f.High):
		return damaged("filter.low", [2]float64{f.Low, f.High})
	case !slices.Contains([]string{"", Wrong, Unsure, Unreadable, Warned}, f.Warning):
		return damaged("filter.warning", f.Warning)
	case !slices.Contains([]string{"", ByName, ByClass, ByConfidence, ByMark}, f.Sort):
		return damaged("filter.sort", f.Sort)
	}
	return nil
}
