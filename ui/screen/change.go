package screen

import (
	"fmt"
	"math"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
)

// changeWords are how a probability has changed, in percentage points.
func changeWords(before, after float64) string {
	by := 100 * (after - before)
	switch {
	case math.Abs(by) < 0.05:
		return "0.0"
	case by > 0:
		return fmt.Sprintf("↑ %.1f", by)
	}
	return fmt.Sprintf("↓ %.1f", -by)
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
