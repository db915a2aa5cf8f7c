package ui

import (
	"math"
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2"
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

// Steps that follow one another faster than the desktop answers leave the window
// as large as the first of them found it.
func TestTheWindowKeepsItsPixels(t *testing.T) {
	d := newDesk(t, Options{})
	d.until("heat", heat)
	c := d.win.Canvas().(interface {
		Size() fyne.Size
		Scale() float32
		SetScale(float32)
	})
	before := scaled(c.Size(), c.Scale())
	for _, by := range []float32{1.1, 1.2, 1.3} {
		d.keepPixels()
		c.SetScale(by)
	}
	late := time.After(20 * time.Second)
	for d.keeping > 0 {
		select {
		case f := <-d.queue:
			f()
		case <-late:
			t.Fatal("it never ends")
		}
	}
	if got := scaled(c.Size(), c.Scale()); math.Abs(float64(got.Width-before.Width)) > 2 || math.Abs(float64(got.Height-before.Height)) > 2 {
		t.Errorf("%v pixels, were %v", got, before)
	}
}
