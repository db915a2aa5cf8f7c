package loop

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"seewhy/ui/state"
)

// board is a clipboard with something in it.
type board struct {
	Clipboard
	files   []string
	picture []byte
	err     error
}

func (b board) Read(context.Context) ([]string, []byte, error) { return b.files, b.picture, b.err }

func pictured(t *testing.T, encode func(*bytes.Buffer, image.Image) error) []byte {
	var b bytes.Buffer
	if err := encode(&b, image.NewPaletted(image.Rect(0, 0, 5, 3), color.Palette{color.RGBA{200, 10, 10, 255}})); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAPastedPictureIsAFileNamedByItsContent(t *testing.T) {
	asPNG := func(b *bytes.Buffer, img image.Image) error { return png.Encode(b, img) }
	asGIF := func(b *bytes.Buffer, img image.Image) error { return gif.Encode(b, img, nil) }
	for name, data := range map[string][]byte{"png": pictured(t, asPNG), "gif": pictured(t, asGIF)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			l := New(Config{Session: filepath.Join(dir, "session.json"), Clipboard: board{picture: data}})
			var paths [2]string
			for i := range paths {
				m, ok := l.paste(t.Context(), state.Paste{}).(state.FilesSorted)
				if !ok || len(m.Images) != 1 {
					t.Fatalf("%+v", m)
				}
				paths[i] = m.Images[0]
			}
			if paths[0] != paths[1] || filepath.Dir(paths[0]) != filepath.Join(dir, "pasted") || filepath.Ext(paths[0]) != ".png" {
				t.Errorf("%v", paths)
			}
			f, err := os.Open(paths[0])
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			img, err := png.Decode(f)
			if err != nil || img.Bounds().Dx() != 5 {
				t.Fatalf("%v", err)
			}
			if r, g, _, _ := img.At(2, 1).RGBA(); r>>8 != 200 || g>>8 != 10 {
				t.Errorf("pixel %v", img.At(2, 1))
			}
			if left, _ := os.ReadDir(filepath.Dir(paths[0])); len(left) != 1 {
				t.Errorf("%d files are there", len(left))
			}
		})
	}
}

func TestPastingOpensFilesAndSaysWhatCannotBe(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a picture ü.png")
	if err := os.WriteFile(path, pictured(t, func(b *bytes.Buffer, img image.Image) error { return png.Encode(b, img) }), 0o600); err != nil {
		t.Fatal(err)
	}
	uri := "file://" + strings.ReplaceAll(strings.ReplaceAll(path, " ", "%20"), "ü", "%C3%BC")
	for name, c := range map[string]struct {
		board Clipboard
		text  string
	}{
		"files": {board: board{files: []string{path}}}, "a path": {text: path}, "a quoted path": {text: `"` + path + `"`},
		"a URI": {text: uri + "\r\n"}, "a path that the clipboard itself does not tell": {board: board{err: errors.New("it is empty")}, text: path},
	} {
		l := New(Config{Clipboard: c.board})
		if m, ok := l.paste(t.Context(), state.Paste{Text: c.text}).(state.FilesSorted); !ok || !reflect.DeepEqual(m.Images, []string{path}) || !reflect.DeepEqual(m.Given, m.Images) {
			t.Errorf("%s: %+v", name, m)
		}
	}
	for name, c := range map[string]struct {
		board Clipboard
		text  string
		says  string
	}{
		"words":             {text: "hello\n" + path, says: "no path of one"},
		"an address":        {text: "https://example.org/cat.png", says: "no path of one"},
		"nothing":           {board: board{err: errors.New("it is empty")}, says: "it is empty"},
		"no picture at all": {board: board{picture: []byte("hello there")}, says: "text file"},
	} {
		l := New(Config{Clipboard: c.board, Session: filepath.Join(dir, "s.json")})
		if m, ok := l.paste(t.Context(), state.Paste{Text: c.text}).(state.Said); !ok || !m.Warning || !strings.Contains(m.Text, c.says) {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestRecentFilesAreLookedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "here.png")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, fakeEngine(), nil)
	d.Start(state.Options{Recent: state.Recent{Pictures: []string{path, path + "x"}}})
	d.until("what is missing", func(s state.State) bool { return s.Recent.Missing[path+"x"] && !s.Recent.Missing[path] })
}
