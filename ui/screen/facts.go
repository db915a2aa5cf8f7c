package screen

import (
	"fmt"
	"math"
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// The numbers of a completeness check; the sum and the rise are told in words
// by a note of the method's.
const (
	factSum  = "attribution-sum"
	factRise = "score-rise"
	factGap  = "completeness-gap"
)

// factWords tells in a few words each what a method measured.
func factWords(facts []task.Fact) []string {
	rise := 0.0
	for _, f := range facts {
		if f.ID == factRise {
			rise = math.Abs(f.Value)
		}
	}
	var out []string
	for _, f := range facts {
		switch {
		case f.ID == factSum || f.ID == factRise:
		case f.ID == factGap && rise > 0:
			out = append(out, i18n.T("gap %s", share(math.Abs(f.Value)/rise)))
		case f.ID == factGap:
			out = append(out, i18n.T("gap %s", short(f.Value)))
		default:
			// A fact that this window has no words for shows its own name.
			out = append(out, i18n.T(strings.ReplaceAll(f.ID, "-", " "))+" "+short(f.Value))
		}
	}
	return out
}

// share writes a small part of a whole, which may be more than all of it.
func share(f float64) string {
	switch {
	case f < 0.0005:
		return "< 0.1 %"
	case f < 0.1:
		return fmt.Sprintf("%.1f %%", 100*f)
	}
	return fmt.Sprintf("%.0f %%", 100*f)
}
