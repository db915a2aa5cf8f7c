package ui

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// While a map is on its way an export asks whether to wait, by keys too; the
// report is written once the map is there.
func TestExportAsksWhetherToWait(t *testing.T) {
	d := newDesk(t, Options{})
	d.until("heat", heat)
	d.loop.Handle(state.LayoutPicked{Panes: 2})
	d.until("both", func(s state.State) bool { return len(s.Exportable()) == 2 })
	d.engine.Slow(2 * time.Second)
	d.loop.Handle(state.ClassPicked{Pane: 1, Class: 2})
	d.until("work", func(s state.State) bool { return len(s.Unready()) == 1 })
	dir := t.TempDir()
	d.lastPath = dir
	d.ask(screen.AskExport)
	if got := d.said(); !strings.Contains(got, "Still being made: pane 2 (") {
		t.Fatalf("it says %q", got)
	}
	wait, ok := d.win.Canvas().Focused().(*enterButton)
	if !ok || wait.Text != "Wait" {
		t.Fatalf("%T has the keyboard", d.win.Canvas().Focused())
	}
	wait.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	name, ok := d.win.Canvas().Focused().(*nameEntry)
	if !ok {
		t.Fatalf("%T has the keyboard", d.win.Canvas().Focused())
	}
	name.SetText("both.png")
	test.Tap(saveButton(d.win.Canvas().Overlays().Top().(*widget.PopUp).Content))
	d.until("report", func(s state.State) bool { return strings.Contains(s.Toast.Text, filepath.Join(dir, "both.png")) })
	if s := d.loop.State(); len(s.Unready()) != 0 || s.Toast.Warning {
		t.Errorf("said %q while %v are on their way", s.Toast.Text, s.Unready())
	}
}
