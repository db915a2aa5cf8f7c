package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/screen"
)

// saving opens the dialog for saving a project in a folder and gives its field
// for the name and its button.
func (d *desk) saving(folder string) (*nameEntry, *widget.Button) {
	d.t.Helper()
	d.lastPath = folder
	d.ask(screen.AskSaveProject)
	pop := d.win.Canvas().Overlays().Top().(*widget.PopUp)
	name, ok := d.win.Canvas().Focused().(*nameEntry)
	if !ok {
		d.t.Fatalf("%T has the keyboard", d.win.Canvas().Focused())
	}
	return name, saveButton(pop.Content)
}

// said is what the dialog on top says.
func (d *desk) said() string {
	pop, ok := d.win.Canvas().Overlays().Top().(*widget.PopUp)
	if !ok {
		return ""
	}
	var words []string
	for _, l := range all[*widget.Label](pop.Content) {
		words = append(words, l.Text)
	}
	return strings.Join(words, " ")
}

// written waits until a file is there.
func (d *desk) written(done func() bool) {
	d.t.Helper()
	late, look := time.After(20*time.Second), time.NewTicker(20*time.Millisecond)
	defer look.Stop()
	for !done() {
		select {
		case f := <-d.queue:
			f()
		case <-look.C:
		case <-late:
			d.t.Fatal("it is never written")
		}
	}
}

func (d *desk) onTop(text string) *widget.Button {
	d.t.Helper()
	b := button(d.win.Canvas().Overlays().Top().(*widget.PopUp).Content, text)
	if b == nil {
		d.t.Fatalf("no button %q", text)
	}
	return b
}

func button(o fyne.CanvasObject, text string) *widget.Button {
	if b, ok := o.(*widget.Button); ok && b.Text == text {
		return b
	}
	for _, p := range parts(o) {
		if b := button(p, text); b != nil {
			return b
		}
	}
	return nil
}

func TestSavingNeverEmptiesAFile(t *testing.T) {
	for _, at := range []struct {
		language, typed, title, inside, no, yes string
	}{
		{language: "en", typed: "a.seewhy", title: "Replace the file?", inside: "There is a file called a.seewhy already.", no: "No", yes: "Yes"},
		// The name gets its ending before it is looked for.
		{language: "zh-Hans", typed: "a", title: "替换该文件？", inside: "已有名为 a.seewhy 的文件", no: "否", yes: "是"},
	} {
		d := newDesk(t, Options{Language: at.language})
		d.until("heat", heat)
		dir := t.TempDir()
		path := filepath.Join(dir, "a.seewhy")
		if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
			t.Fatal(err)
		}
		name, save := d.saving(dir)
		// The proposed name is selected up to its ending: typing replaces it.
		test.Type(name, at.typed)
		name.SetText(at.typed)
		test.Tap(save)
		if got := d.said(); !strings.Contains(got, at.title) || !strings.Contains(got, at.inside) {
			t.Errorf("%s: it says %q", at.language, got)
		}
		test.Tap(d.onTop(at.no))
		if data, err := os.ReadFile(path); err != nil || string(data) != "before" {
			t.Fatalf("refused, but it holds %q, %v", data, err)
		}
		test.Tap(save)
		test.Tap(d.onTop(at.yes))
		if data, err := os.ReadFile(path); err != nil || len(data) == 0 {
			t.Fatalf("it was emptied before there was something to write: %q, %v", data, err)
		}
		d.written(func() bool { data, _ := os.ReadFile(path); return string(data) != "before" })
		if data, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(data), "{") {
			t.Errorf("it holds %q, %v", data, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("the folder holds %v", left)
		}
	}
}

func TestSavingOverAFolder(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "a.seewhy"), 0o700); err != nil {
		t.Fatal(err)
	}
	name, save := d.saving(dir)
	name.SetText("a")
	test.Tap(save)
	if got := d.said(); !strings.Contains(got, "There is a folder called a.seewhy. Choose another name.") {
		t.Errorf("it says %q", got)
	}
}

func TestTheNameInTheSavingDialog(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	d.until("heat", heat)
	dir := t.TempDir()
	name, _ := d.saving(dir)
	if got := name.SelectedText(); got != "Study" {
		t.Errorf("%q is selected of %q", got, name.Text)
	}
	test.Type(name, "mine")
	if name.Text != "mine.seewhy" {
		t.Errorf("typing gives %q", name.Text)
	}
	name.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if d.win.Canvas().Overlays().Top() != nil {
		t.Error("Esc leaves the dialog open")
	}
	// The folder is the one that the person has gone to meanwhile.
	name, save := d.saving(dir)
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	fyne.CurrentApp().Preferences().SetString(folderKey, storage.NewFileURI(sub).String())
	name.SetText("there")
	test.Tap(save)
	d.written(func() bool { _, err := os.Stat(filepath.Join(sub, "there.seewhy")); return err == nil })
}

func TestDialogsHaveTitles(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	for q, want := range map[screen.Question]string{
		screen.AskImages: "Open a picture", screen.AskModel: "Open a model", screen.AskLabels: "Choose the file with the classes' names",
		screen.AskFolder: "Open a folder of pictures", screen.AskProject: "Open a project", screen.AskLike: "Choose the picture to compare with",
	} {
		d.ask(q)
		if got := d.said(); !strings.Contains(got, want) {
			t.Errorf("question %v is headed %q, want %q", q, got, want)
		}
		d.onTop("Choose")
		d.press(fyne.KeyEscape, 0)
	}
}
