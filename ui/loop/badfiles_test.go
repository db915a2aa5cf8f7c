package loop

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/fake"
	"seewhy/ui/state"
)

// reader is the fake engine with the real reading of files.
type reader struct{ *fake.Engine }

func (r reader) OpenImage(ctx context.Context, ref string) (task.ImageInfo, error) {
	if !filepath.IsAbs(ref) {
		return r.Engine.OpenImage(ctx, ref)
	}
	p, err := prep.Open(ref, prep.Limits{})
	if err != nil {
		return task.ImageInfo{}, err
	}
	b := p.Image.Bounds()
	return task.ImageInfo{Ref: task.ImageRef{Name: filepath.Base(ref), Path: ref, SHA256: p.SHA256, Width: b.Dx(), Height: b.Dy()}, Picture: p.Image}, nil
}

// pngChunk frames a chunk of a PNG.
func pngChunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// oneBit is a white PNG of one bit a pixel that says it is w x h and has rows of that.
func oneBit(t *testing.T, w, h, rows int) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	row := append([]byte{0}, bytes.Repeat([]byte{0xff}, (w+7)/8)...)
	for range rows {
		if _, err := z.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	return bytes.Join([][]byte{
		[]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", append(head, 1, 0, 0, 0, 0)), pngChunk("IDAT", packed.Bytes()), pngChunk("IEND", nil),
	}, nil)
}

// animated puts the chunk into a PNG that announces an animation of two.
func animated(still []byte) []byte {
	after := len("\x89PNG\r\n\x1a\n") + 12 + 13
	return bytes.Join([][]byte{still[:after], pngChunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0}), still[after:]}, nil)
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Each file that a folder may hold is either shown right or named by a word,
// and none of them stops the others, the window, or the walk over them.
func TestBadFilesAreShownRightOrNamed(t *testing.T) {
	red := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	clear := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	deep := image.NewRGBA64(image.Rect(0, 0, 40, 20))
	frame := image.NewPaletted(image.Rect(0, 0, 40, 20), color.Palette{color.RGBA{220, 30, 20, 255}, color.RGBA{0, 0, 255, 255}})
	second := image.NewPaletted(frame.Rect, frame.Palette)
	for i := range second.Pix {
		second.Pix[i] = 1
	}
	for y := range 20 {
		for x := range 40 {
			red.Set(x, y, color.NRGBA{220, 30, 20, 255})
			deep.Set(x, y, color.RGBA64{220 * 257, 30 * 257, 20 * 257, 0xffff})
		}
	}
	plain := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, red) })
	asJPEG := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, red, &jpeg.Options{Quality: 95}) })
	shared := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("..", "..", "models", "prep", "testdata", "pictures", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	isRed := func(t *testing.T, c color.RGBA) {
		if c.R < 200 || c.G > 60 || c.B > 60 {
			t.Errorf("the middle is %v, not red", c)
		}
	}
	isWhite := func(t *testing.T, c color.RGBA) {
		if c.R < 250 || c.G < 250 || c.B < 250 {
			t.Errorf("the middle is %v, not white", c)
		}
	}
	for _, c := range []struct {
		name   string
		data   []byte
		fault  prep.Fault
		middle func(*testing.T, color.RGBA)
		// wide says that the thumbnail is wider than high, where that tells
		// whether it was turned.
		wide, high bool
	}{
		{name: "plain.png", data: plain, middle: isRed, wide: true},
		{name: "empty.png", data: nil, fault: prep.Empty},
		{name: "cut.png", data: plain[:len(plain)-30], fault: prep.Damaged},
		{name: "cut.jpg", data: asJPEG[:len(asJPEG)/2], fault: prep.Damaged},
		{name: "huge.png", data: oneBit(t, 20_000, 20_000, 8), fault: prep.TooLarge},
		{name: "long.png", data: oneBit(t, 60_000, 3, 3), middle: isWhite, wide: true},
		{name: "cmyk.jpg", data: shared("cmyk.jpg")},
		{name: "deep.png", data: encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, deep) }), middle: isRed},
		{name: "moving.gif", data: encoded(t, func(b *bytes.Buffer) error {
			return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{frame, second}, Delay: []int{1, 1}})
		}), middle: isRed},
		{name: "moving.png", data: animated(plain), middle: isRed},
		{name: "turned.jpg", data: shared("turned.jpg"), high: true},
		{name: "clear.png", data: encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, clear) }), middle: isWhite},
		{name: "dot.png", data: encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, red.SubImage(image.Rect(0, 0, 1, 1))) }), middle: isRed},
		{name: "a png in fact.jpg", data: plain, middle: isRed},
		{name: "words.png", data: []byte("Dear diary,\n"), fault: prep.Unsupported},
		{name: "plain.bmp", data: encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, red) }), middle: isRed},
		{name: "plain.tiff", data: encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, red, nil) }), middle: isRed},
		{name: "plain.webp", data: shared("lossy.webp")},
		{name: "phone.jpg", data: []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), fault: prep.Unsupported},
		{name: "noise.jpg", data: append([]byte("\xff\xd8\xff\xe0"), bytes.Repeat([]byte{7, 0x99}, 400)...), fault: prep.Damaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			d := newDesk(t, reader{fakeEngine()}, nil)
			d.Start(state.Options{Files: []string{path}})
			var it *state.Item
			d.until("the file", func(s state.State) bool {
				if len(s.Items) < 25 {
					return false
				}
				it = s.Items[24]
				return it.Thumb != nil || it.Err != ""
			})
			if it.Fault != c.fault || (it.Err != "") != (c.fault != "") {
				t.Fatalf("fault %q, %q; want %q", it.Fault, it.Err, c.fault)
			}
			if c.fault != "" {
				i18n.Use("zh-Hans")
				defer i18n.Use("en")
				if i18n.Tell(it.Err) == it.Err {
					t.Errorf("%q is not told in Chinese", it.Err)
				}
				// The window goes on: another picture is shown.
				d.Handle(state.ItemStepped{By: -1})
				d.until("another picture", func(s state.State) bool { return heat(s) && s.Photo.Err == "" })
				return
			}
			thumb, ok := it.Thumb.(*image.RGBA)
			if !ok {
				t.Fatalf("thumbnail %T", it.Thumb)
			}
			w, h := thumb.Rect.Dx(), thumb.Rect.Dy()
			if w < 1 || h < 1 || w > thumbWidth || h > thumbHeight || c.wide && w <= h || c.high && h <= w {
				t.Errorf("thumbnail of %d x %d", w, h)
			}
			if c.middle != nil {
				c.middle(t, thumb.RGBAAt(w/2, h/2))
			}
			d.until("a map", func(s state.State) bool { return heat(s) && s.Photo.Info != nil && s.Photo.Item == it.ID })
		})
	}
}

// A file that is replaced by another, or goes away, while it is open is told
// when it is looked at again.
func TestAFileThatGoesIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(path, oneBit(t, 30, 20, 20), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, reader{fakeEngine()}, nil)
	d.Start(state.Options{Files: []string{path}})
	d.until("the picture", func(s state.State) bool { return heat(s) && len(s.Items) == 25 && s.Photo.Item == s.Items[24].ID })
	d.Handle(state.ItemStepped{By: -1})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	d.Handle(state.ItemStepped{By: 1})
	d.until("words", func(s state.State) bool { return s.Items[24].Fault == prep.Gone && s.Photo.Err != "" })
}
