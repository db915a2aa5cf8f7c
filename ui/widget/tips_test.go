package widget

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"
)

func TestTipIsShownWhereTheMouseRests(t *testing.T) {
	var waits []func()
	tips := NewTips(func(d time.Duration, f func()) {
		if d != tipDelay {
			t.Errorf("waits %v", d)
		}
		waits = append(waits, f)
	})
	tapped := 0
	b := NewButton("x", nil, Normal, func() { tapped++ })
	b.SetTip(tips, "What it does")
	free := container.NewWithoutLayout(b)
	place(b, 280, 200, 30, 30)
	w := window(t, container.NewStack(free, tips), 320, 240)
	b.MouseIn(nil)
	if tips.Shown() != "" {
		t.Error("the tip does not wait")
	}
	waits[0]()
	if tips.Shown() != "What it does" || tips.back.Hidden {
		t.Errorf("shown %q", tips.Shown())
	}
	// In the corner it keeps to the window: at the left of it, and above.
	p, s := tips.back.Position(), tips.back.Size()
	if p.X+s.Width > 320 || p.Y+s.Height > 200 || p.X < 0 || p.Y < 0 {
		t.Errorf("at %v, %v", p, s)
	}
	// The layer takes no clicks.
	test.TapCanvas(w.Canvas(), fyne.NewPos(295, 215))
	if tapped != 1 || tips.Shown() != "" || !tips.back.Hidden {
		t.Errorf("%d taps, shown %q", tapped, tips.Shown())
	}
	// A mouse that has gone on is not told of what it passed.
	b.MouseIn(nil)
	b.MouseOut()
	waits[1]()
	if tips.Shown() != "" {
		t.Error("a tip where the mouse is no more")
	}
	// Nor is one that is over an open list.
	b.MouseIn(nil)
	fynewidget.NewPopUp(NewText("list"), w.Canvas()).Show()
	waits[2]()
	if tips.Shown() != "" {
		t.Error("a tip over a list")
	}
}
