package ui

import (
	"math"
	"os"
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestScaleIsTheStartsTimesTheSettings(t *testing.T) {
	t.Cleanup(func() { rescale(1) })
	test.NewTempApp(t)
	rescale(1)
	before, had := os.LookupEnv(scaleVariable)
	rescale(1.5)
	if got := os.Getenv(scaleVariable); got != "1.50" && !had {
		t.Errorf("%q", got)
	}
	rescale(1)
	if got, has := os.LookupEnv(scaleVariable); got != before || has != had {
		t.Errorf("it does not go back: %q", got)
	}
}

func TestWhatIsRememberedIsChecked(t *testing.T) {
	p := test.NewTempApp(t).Preferences()
	for text, want := range map[string]float64{"": 1, "1.5": 1.5, "1.47": 1.5, "99": 2, "NaN": 1, "x": 1} {
		p.SetString("scale", text)
		if got := scale(p); math.Abs(got-want) > 1e-9 {
			t.Errorf("scale %q is %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string]int64{"": 0, "2048": 2048, "-3": 0, "99999999999": 0} {
		p.SetString("budget", text)
		if got := budget(p); got != want {
			t.Errorf("budget %q is %v, want %v", text, got, want)
		}
	}
}
