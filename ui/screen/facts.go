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
	// How well a linear model fits, and how far a map is off the paper's.
	factFit        = "weighted-r2"
	factConvention = "convention-difference"
)

// factWords tells in a few words each what a method measured: what says how far
// to trust the map, and the rest.
func factWords(facts []task.Fact) (trust, rest []string) {
	rise := 0.0
	for _, f := range facts {
		if f.ID == factRise {
			rise = math.Abs(f.Value)
		}
	}
	for _, f := range facts {
		switch words := factWord(f, rise); {
		case words == "":
		case f.ID == factGap || f.ID == factFit || f.ID == factConvention:
			trust = append(trust, words)
		default:
			rest = append(rest, words)
		}
	}
	return trust, rest
}

// factWord is empty for what stands in other words beside it: the score, and
// the error of the map.
func factWord(f task.Fact, rise float64) string {
	n := short(f.Value)
	switch f.ID {
	case factSum, factRise, "score", "score-full", "standard-error":
		return ""
	case factGap:
		if rise > 0 {
			n = share(math.Abs(f.Value) / rise)
		}
		return i18n.T("gap %s", n)
	case "steps":
		return i18n.T("%s steps", n)
	case "samples":
		return i18n.T("%s samples", grouped(int(f.Value)))
	case "segments":
		return i18n.T("%s segments", n)
	case "intercept":
		return i18n.T("intercept %s", n)
	case "score-off":
		return i18n.T("all off: %s", n)
	case factFit:
		return "R² " + n
	case "relevance-sum":
		return i18n.T("relevance in all %s", n)
	case "regions":
		return i18n.T("%s regions", n)
	case "layers":
		return i18n.T("%d layers", int(f.Value))
	case "biased-layers":
		return i18n.T("%s layers with biases", n)
	case "channel":
		return i18n.T("channel %s", n)
	case "channel-contribution":
		return i18n.T("contribution %s", n)
	case "curvature":
		return i18n.T("curvature %s", n)
	case factConvention:
		return i18n.T("off the paper's by %s at most", n)
	}
	// A fact that this window has no words for shows its own name.
	return strings.ReplaceAll(f.ID, "-", " ") + " " + n
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
