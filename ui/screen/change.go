package screen

import (
	"fmt"
	"math"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
)

// noChange is less than what is written.
const noChange = "0.0"

// changeWords are how a probability has changed, in percentage points.
func changeWords(before, after float64) string {
	by := 100 * math.Abs(after-before)
	switch trend(before, after) {
	case 1:
		return fmt.Sprintf("↑ %.1f", by)
	case -1:
		return fmt.Sprintf("↓ %.1f", by)
	}
	return noChange
}

// trend is 1 for a rise, -1 for a fall, 0 for what is written as no change.
func trend(before, after float64) int {
	switch by := 100 * (after - before); {
	case by >= 0.05:
		return 1
	case by <= -0.05:
		return -1
	}
	return 0
}

// saysWords are a pane's answer, and how far that has changed by the edits.
func saysWords(s state.State, pane int) string {
	f := s.ForwardOf(pane).Prediction
	if f == nil || len(f.Order) == 0 {
		return ""
	}
	best := f.Order[0]
	now := f.Scores[best].Probability
	words := label(s, pane, best) + "  " + percent(now)
	if before := s.Changed(pane); before != nil {
		if by := changeWords(before.Scores[best].Probability, now); by != noChange {
			words += "  " + by
		}
	}
	return words
}

// wasWords tell the model's answer to the picture without its edits, or that
// this is it.
func wasWords(s state.State, v answerView) string {
	switch {
	case v.original:
		return i18n.T("The original picture.")
	case v.before == nil || len(v.before.Order) == 0:
		return ""
	}
	best := v.before.Order[0]
	return i18n.T("Before the edits: %s", label(s, s.Active, best)+" "+percent(v.before.Scores[best].Probability))
}
