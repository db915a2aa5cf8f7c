package ui

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// A picture in a folder is opened by keys alone, and Esc closes the dialog.
func TestFilesAreOpenedByKeys(t *testing.T) {
	d := newDesk(t, Options{})
	d.until("heat", heat)
	dir := t.TempDir()
	path := filepath.Join(dir, "study", "a.png")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(dir, "study", "b.png")} {
		if err := os.WriteFile(p, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	press := func(names ...fyne.KeyName) {
		t.Helper()
		for _, n := range names {
			k, ok := d.win.Canvas().Focused().(*fileKeys)
			if !ok {
				t.Fatalf("%T has the keyboard", d.win.Canvas().Focused())
			}
			k.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	d.lastPath = dir
	d.ask(screen.AskImages)
	press(fyne.KeyEscape)
	if n := len(d.win.Canvas().Overlays().List()); n != 0 {
		t.Fatalf("%d dialogs are open", n)
	}
	before := len(d.loop.State().Items)
	d.ask(screen.AskImages)
	// Past the line that goes up, into the folder, to the second file in it, and
	// back to the first: what Enter opens is where the keyboard is.
	press(fyne.KeyRight, fyne.KeyReturn, fyne.KeyRight, fyne.KeyReturn, fyne.KeyLeft, fyne.KeyReturn, fyne.KeyReturn)
	d.until("picture", func(s state.State) bool { return len(s.Items) == before+1 })
	if it := d.loop.State().Items[before]; it.Ref != path {
		t.Errorf("%s is opened", it.Ref)
	}
}
