package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

func TestNewFoldersAreToldInTheChosenLanguage(t *testing.T) {
	d := newDesk(t, Options{Language: "zh-Hans"})
	d.until("heat", heat)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "taken"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d.saving(dir)
	pop := d.win.Canvas().Overlays().Top().(*widget.PopUp)
	make := func(name string) {
		t.Helper()
		test.Tap(buttonOf(pop.Content, theme.FolderNewIcon()))
		field, ok := d.win.Canvas().Focused().(*widget.Entry)
		if !ok {
			t.Fatalf("%T has the keyboard", d.win.Canvas().Focused())
		}
		field.SetText(name)
		test.Tap(d.onTop("新建"))
	}
	// A file is in the way: the reason is told, and the dialog stays.
	make("taken")
	if got := d.said(); !strings.Contains(got, "没有新建文件夹") || strings.Contains(got, "cannot") {
		t.Errorf("it says %q", got)
	}
	test.Tap(d.onTop("好"))
	// A new folder is the one that is shown, and saved into.
	make("新的")
	if info, err := os.Stat(filepath.Join(dir, "新的")); err != nil || !info.IsDir() {
		t.Fatal(err)
	}
	if at := fyne.CurrentApp().Preferences().String(folderKey); !strings.HasSuffix(at, "%E6%96%B0%E7%9A%84") && !strings.HasSuffix(at, "新的") {
		t.Errorf("it shows %s", at)
	}
}
