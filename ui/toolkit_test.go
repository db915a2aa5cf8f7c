package ui

import (
	"runtime"
	"testing"

	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// The toolkit's own dialogs speak the language that was chosen, not the system's.
func TestDialogsSpeakTheChosenLanguage(t *testing.T) {
	d := newDesk(t, Options{Language: "zh-Hans"})
	if got := lang.L("Cancel") + lang.L("Save") + lang.X("file.name", "Name"); got != "取消保存名称" {
		t.Errorf("in Chinese %q", got)
	}
	d.loop.Handle(state.LanguagePicked{Tag: "en"})
	if got := lang.L("Cancel") + lang.L("Save") + lang.X("file.name", "Name"); got != "CancelSaveName" {
		t.Errorf("in English %q", got)
	}
}

// The places of a file dialog have names in that language too.
func TestPlacesSpeakTheChosenLanguage(t *testing.T) {
	d := newDesk(t, Options{Language: "zh-Hans"})
	d.ask(screen.AskImages)
	pop := d.win.Canvas().Overlays().Top().(*widget.PopUp)
	places := all[*widget.List](pop.Content)
	if len(places) != 1 {
		t.Fatalf("the dialog has %d lists", len(places))
	}
	row := places[0].CreateItem()
	for i, want := range []string{"主文件夹", "计算机"} {
		if i == 1 {
			i = places[0].Length() - 1
		}
		places[0].UpdateItem(i, row)
		if got := all[*widget.Label](row)[0].Text; got != want && (want != "计算机" || runtime.GOOS == "linux") {
			t.Errorf("place %d is called %q, want %q", i, got, want)
		}
	}
}
