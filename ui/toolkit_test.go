package ui

import (
	"testing"

	"fyne.io/fyne/v2/lang"

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
