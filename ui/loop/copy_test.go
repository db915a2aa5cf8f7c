package loop

import (
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seewhy/analysis/task"
	"seewhy/ui/state"
)

// pasteboard is a clipboard of the test's own.
type pasteboard struct {
	image image.Image
	text  string
}

func (b *pasteboard) WriteImage(img image.Image) error { b.image = img; return nil }
func (b *pasteboard) WriteText(text string) error      { b.text = text; return nil }
func (b *pasteboard) Read(context.Context) ([]string, []byte, error) {
	return nil, nil, nil
}

func TestCopyAndSave(t *testing.T) {
	d, b := newDesk(t, fakeEngine(), nil), &pasteboard{}
	d.config.Clipboard = b
	d.Start(state.Options{})
	d.until("heat", heat)
	s := d.State()
	d.Handle(state.PictureCopied{})
	d.until("copied", func(s state.State) bool { return strings.Contains(s.Toast.Text, "copied") })
	photo := s.Photo.Levels[0]
	if b.image.Bounds() != photo.Bounds() {
		t.Fatalf("copied %v of a picture of %v", b.image.Bounds(), photo.Bounds())
	}
	// The map covers the middle.
	x, y := photo.Bounds().Dx()/2, photo.Bounds().Dy()/2
	if b.image.At(x, y) == photo.At(x, y) {
		t.Error("the copy lacks the map")
	}
	path := filepath.Join(t.TempDir(), "a.png")
	d.Handle(state.PictureSaved{Path: path})
	d.until("saved", func(s state.State) bool { return s.Toast.Text == "Saved to "+path })
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	saved, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	r0, g0, b0, _ := saved.At(x, y).RGBA()
	r1, g1, b1, _ := b.image.At(x, y).RGBA()
	if r0 != r1 || g0 != g1 || b0 != b1 {
		t.Error("saved is not what is copied")
	}
	d.Handle(state.ValuesCopied{})
	d.until("values", func(s state.State) bool { return strings.Contains(s.Toast.Text, "values are copied") })
	m := s.Panes[0].Result.Map
	if lines := strings.Count(b.text, "\n"); lines != m.Height {
		t.Errorf("%d lines of a map of %d rows", lines, m.Height)
	}
	d.config.Clipboard = nil
	d.Handle(state.PictureCopied{})
	d.until("words", func(s state.State) bool {
		return s.Toast.Warning && strings.Contains(s.Toast.Text, "save it to a file")
	})
	d.Handle(state.ValuesCopied{})
	d.until("other words for a table", func(s state.State) bool {
		return s.Toast.Warning && s.Toast.Text == "Not copied: there is no clipboard here"
	})
}

func TestTable(t *testing.T) {
	if got := table(task.Map{Width: 2, Height: 2, Values: []float32{0.1, -2, 3e-9, 1}}); got != "0.1\t-2\n3e-09\t1\n" {
		t.Errorf("%q", got)
	}
}

// A picture is saved as a report is: whole or not at all, and a place that does
// not serve is told with what to do.
func TestWhereAPictureCannotBeSavedIsTold(t *testing.T) {
	l, dir := New(Config{}), t.TempDir()
	photo := image.NewGray(image.Rect(0, 0, 2, 2))
	for path, want := range map[string]string{
		dir:                                 "is a folder: choose a file name",
		filepath.Join(dir, "gone", "a.png"): "there is no folder " + filepath.Join(dir, "gone") + ": create it or choose another",
	} {
		m := l.compose(state.ComposePicture{Photo: photo, Bare: true, Path: path}).(state.Said)
		if !m.Warning || !strings.Contains(m.Text, want) {
			t.Errorf("%s: said %q", path, m.Text)
		}
	}
	old := filepath.Join(dir, "a.png")
	if err := os.WriteFile(old, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	// A picture without pixels is no PNG.
	m := l.compose(state.ComposePicture{Photo: image.NewGray(image.Rectangle{}), Bare: true, Path: old}).(state.Said)
	if was, err := os.ReadFile(old); !m.Warning || err != nil || string(was) != "old" {
		t.Errorf("said %q; there lies %q, %v", m.Text, was, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
}
