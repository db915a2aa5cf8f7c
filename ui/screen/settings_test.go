package screen

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"seewhy/analysis/task"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

func TestSettingsPage(t *testing.T) {
	for _, c := range []struct{ theme, language string }{{look.Dark, "en"}, {look.Light, "zh-Hans"}} {
		d := newDesk(t, c.theme, c.language, 1280, 772, state.Options{Settings: state.Settings{Theme: c.theme, Language: c.language}})
		d.until("heat", heat)
		d.loop.Handle(state.SettingsToggled{})
		d.until("memory", func(s state.State) bool { return len(s.Page.Stores) == 3 && len(s.Devices) == 2 })
		d.shot("settings-" + c.theme)
		p := d.page()
		if !p.root.Visible() || len(p.devices.Objects) != 3 {
			t.Fatalf("%d devices are listed", len(p.devices.Objects))
		}
		d.loop.Handle(state.SettingsToggled{})
		if p.root.Visible() {
			t.Error("it does not close")
		}
	}
}

// page is the desk's page of settings.
func (d *desk) page() *settingsPage { return d.parts[5].(*settingsPage) }

func (d *desk) tour() *tour { return d.parts[6].(*tour) }

func TestBudgetOnASlider(t *testing.T) {
	m := task.Memory{Free: 8 << 30, Used: 512 << 20}
	// 8.5 GB in steps of 128 MB.
	for at, want := range map[float64]int64{0: 128, 1: 8704, .5: 4352, .001: 128} {
		if got := budgetAt(at, m); got != want {
			t.Errorf("at %v: %d MB, want %d", at, got, want)
		}
	}
	if got := nextScale(1, 1); got != 1.1 {
		t.Errorf("above 1 lies %v", got)
	}
	if got := nextScale(0.8, -1); got != 0.8 {
		t.Errorf("below the least lies %v", got)
	}
	for v, want := range map[float64]float64{0: .8, .97: 1, 1.42: 1.5, 7: 2} {
		if got := state.NearestScale(v); got != want {
			t.Errorf("nearest to %v is %v, want %v", v, got, want)
		}
	}
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.loop.Handle(state.SettingsToggled{})
	d.until("memory", func(s state.State) bool { return s.Page.Memory.Free > 0 })
	p := d.page()
	if got := p.limit.Text(); got != "4.0 GB" || !strings.Contains(p.memory.Text(), "8.0 GB") {
		t.Errorf("%q, %q", got, p.memory.Text())
	}
	p.budget.OnChanged(.25)
	if got := d.loop.State().Budget; got != 2176 || p.limit.Text() != "2.1 GB" {
		t.Errorf("%d MB, told as %q", got, p.limit.Text())
	}
	d.until("cleared", func() func(state.State) bool {
		d.loop.Handle(state.StoreCleared{ID: task.StoreSessions})
		return func(s state.State) bool { return s.Page.Stores[0].Files == 0 && s.Page.Clearing == "" }
	}())
}

// The card of each step lies in the window, beside what it points at, which
// stays bright.
func TestTourPointsAtPartsOfTheWindow(t *testing.T) {
	for _, c := range []struct {
		language string
		w, h     float32
	}{{"en", 1280, 772}, {"zh-Hans", 1280, 772}, {"en", 1920, 1052}, {"zh-Hans", 960, 540}} {
		d := newDesk(t, look.Dark, c.language, c.w, c.h, state.Options{Tour: true})
		d.until("heat", heat)
		tour := d.tour()
		for step := 1; step <= state.TourSteps; step++ {
			if d.loop.State().Tour != step || !tour.root.Visible() {
				t.Fatalf("step %d is %d", step, d.loop.State().Tour)
			}
			if c.w == 1280 {
				d.shot("tour-" + c.language + "-" + string(rune('0'+step)))
			}
			at, size := tour.card.Position(), tour.card.Size()
			room := tour.root.Size()
			if at.X < 0 || at.Y < 0 || at.X+size.Width > room.Width || at.Y+size.Height > room.Height {
				t.Errorf("%v x %v, step %d: the card at %v of %v lies outside of %v", c.w, c.h, step, at, size, room)
			}
			target := tour.target(step)
			p := fyne.CurrentApp().Driver().AbsolutePositionForObject(target)
			if p.X < at.X+size.Width && p.X+target.Size().Width > at.X && p.Y < at.Y+size.Height && p.Y+target.Size().Height > at.Y {
				t.Errorf("%v x %v, step %d: the card covers what it points at", c.w, c.h, step)
			}
			test.Tap(tour.next)
		}
		if tour.root.Visible() {
			t.Error("it does not end")
		}
		d.loop.Handle(state.TourStarted{})
		tour.veil.Tapped(nil)
		if d.loop.State().Tour != 0 {
			t.Error("a click beside the card does not leave it")
		}
	}
}

func TestClearAsksWhereItCannotBeUndone(t *testing.T) {
	for _, c := range []struct{ theme, language, asks string }{{look.Dark, "en", "Clear 103 MB?"}, {look.Light, "zh-Hans", "清除 103 MB？"}} {
		d := newDesk(t, c.theme, c.language, 1280, 772, state.Options{Settings: state.Settings{Theme: c.theme, Language: c.language}})
		d.until("heat", heat)
		d.loop.Handle(state.SettingsToggled{})
		d.until("stores", func(s state.State) bool { return len(s.Page.Stores) == 3 && len(s.Devices) == 2 })
		p := d.page()
		button := func() *widget.Button { return p.stores.Objects[1].(*fyne.Container).Objects[3].(*widget.Button) }
		test.Tap(button())
		if got := button().Text(); got != c.asks || d.loop.State().Page.Clearing != "" {
			t.Errorf("the button says %q, clears %q", got, d.loop.State().Page.Clearing)
		}
		d.shot("settings-clear-" + c.theme)
		test.Tap(button())
		if d.loop.State().Page.Asking != "" || button().Text() == c.asks {
			t.Error("it still asks")
		}
	}
}
