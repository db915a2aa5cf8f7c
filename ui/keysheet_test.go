package ui

import (
	"os"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"seewhy/assets/i18n"
	"seewhy/ui/widget"
)

// shortcutKeys writes a shortcut as the sheet does.
func shortcutKeys(s fyne.KeyboardShortcut) string {
	out := ""
	if s.Mod()&fyne.KeyModifierShortcutDefault != 0 {
		out += "Ctrl+"
	}
	if s.Mod()&fyne.KeyModifierShift != 0 {
		out += "Shift+"
	}
	return out + string(s.Key())
}

// Menus, sheet and docs tell of the same keys.
func TestKeysAreToldEverywhere(t *testing.T) {
	doc, err := os.ReadFile("../docs/window.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(doc), "## Keys")
	table, _, _ = strings.Cut(table, "\n## ")
	told := map[string]bool{}
	for _, k := range strings.FieldsFunc(table, func(r rune) bool { return r == ' ' || r == '|' || r == '\n' }) {
		told[strings.TrimSuffix(k, ",")] = true
		// "Ctrl+," itself ends in a comma.
		told[k] = true
	}
	for _, language := range []string{"en", "zh-Hans"} {
		d := newDesk(t, Options{Language: language})
		keys := d.keysOf()
		for _, m := range d.win.MainMenu().Items {
			for _, i := range m.Items {
				s, ok := i.Shortcut.(*desktop.CustomShortcut)
				if !ok {
					continue
				}
				if k := shortcutKeys(s); !strings.Contains("  "+keys[i.Label]+"  ", "  "+k+"  ") {
					t.Errorf("%s: the menu has %s for %q, the sheet %q", language, k, i.Label, keys[i.Label])
				}
			}
		}
		if k := keys[i18n.T("Active pane alone")]; k != "S" {
			t.Errorf("%s: %q", language, k)
		}
	}
	d := newDesk(t, Options{Language: "en"})
	for _, g := range d.keySheet() {
		if g.title == i18n.T("Mouse") {
			continue
		}
		for _, l := range g.lines {
			for _, k := range strings.Fields(strings.TrimSuffix(l.keys, " held")) {
				if !told[k] {
					t.Errorf("docs/window.md does not tell of %s: %s", k, l.does)
				}
			}
		}
	}
}

// The sheet lies in the window, whatever its size and language, and nothing in
// it is cut.
func TestKeySheetFits(t *testing.T) {
	for _, c := range []struct {
		language string
		w, h     float32
	}{{"en", 1280, 800}, {"zh-Hans", 1280, 800}, {"en", 960, 540}, {"zh-Hans", 1920, 1080}} {
		d := newDesk(t, Options{Language: c.language})
		d.win.Resize(fyne.NewSize(c.w, c.h))
		d.showKeys()
		top := d.win.Canvas().Overlays().Top()
		if top == nil {
			t.Fatal("the sheet does not open")
		}
		pop := top.(interface{ MinSize() fyne.Size })
		if m := pop.MinSize(); m.Width > c.w || m.Height > c.h {
			t.Errorf("%v x %v: the sheet needs %v", c.w, c.h, m)
		}
		for _, g := range d.keySheet() {
			for _, l := range g.lines {
				if w := fyne.MeasureText(l.keys, 13, fyne.TextStyle{Bold: true}).Width; w > keyWidth-8 {
					t.Errorf("%s: %q is %v wide", c.language, l.keys, w)
				}
				if w := fyne.MeasureText(l.does, 13, fyne.TextStyle{}).Width; w > keyColumn-keyWidth-16 {
					t.Errorf("%s: %q is %v wide", c.language, l.does, w)
				}
			}
		}
		test.Tap(d.win.Canvas().Overlays().Top().(fyne.Tappable))
	}
}

// Columns are about as full; what is first stays at the left and on top.
func TestKeyColumnsAreEven(t *testing.T) {
	test.NewTempApp(t)
	var blocks []fyne.CanvasObject
	for _, h := range []float32{160, 170, 120, 110, 80} {
		blocks = append(blocks, widget.Spacer(10, h))
	}
	var columns []int
	var ys []float32
	got := keyColumns{3}.place(blocks, func(_ fyne.CanvasObject, column int, y float32) { columns, ys = append(columns, column), append(ys, y) })
	if want := 160 + keyGap + 80; got != want {
		t.Errorf("%v high, want %v", got, want)
	}
	if !slices.Equal(columns, []int{0, 1, 2, 2, 0}) || !slices.Equal(ys, []float32{0, 0, 0, 120 + keyGap, 160 + keyGap}) {
		t.Errorf("columns %v at %v", columns, ys)
	}
}
