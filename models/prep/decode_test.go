package prep

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// TestDecodesAsPillow compares small files of every kind with what Pillow
// decoded from them (testdata/reference.py pictures).
func TestDecodesAsPillow(t *testing.T) {
	// The largest difference allowed, in grey levels; 0 where nothing is said.
	tolerance := map[string]int{
		// Decoders may round the inverse cosine transform differently by one in
		// luma and chroma: 1 + 1.772 levels of blue.
		"420.jpg": 3, "422.jpg": 3, "444.jpg": 3, "grey.jpg": 1, "turned.jpg": 3,
		// As above, in each ink and in black.
		"cmyk.jpg": 3,
		// Blending over white is rounded by another formula.
		"clear.png": 1, "palette.png": 1,
	}
	remarks := map[string]string{
		"turned.jpg": "orientation", "turned.png": "orientation", "turned.webp": "orientation", "turned.tiff": "orientation",
		"clear.png": "transparent", "clear.webp": "transparent", "palette.png": "transparent", "moving.gif": "animated",
	}
	wants, err := filepath.Glob("testdata/pictures/*.*.png")
	if err != nil || len(wants) < 19 {
		t.Fatalf("%d references, %v", len(wants), err)
	}
	for _, file := range wants {
		path := strings.TrimSuffix(file, ".png")
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			want, err := png.Decode(f)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Open(path, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got.Image.Rect != want.Bounds() || !got.Image.Opaque() {
				t.Fatalf("%v, want %v; opaque %v", got.Image.Rect, want.Bounds(), got.Image.Opaque())
			}
			if d := difference(got.Image, want); d > tolerance[name] {
				t.Errorf("%d grey levels from Pillow, %d allowed", d, tolerance[name])
			}
			switch words := fmt.Sprint(got.Remarks); {
			case remarks[name] == "" && len(got.Remarks) > 0:
				t.Errorf("remarks %s", words)
			case !strings.Contains(words, remarks[name]):
				t.Errorf("remarks %s, want one on %q", words, remarks[name])
			}
		})
	}
}

func difference(a, b image.Image) int {
	worst := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA), color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B)} {
				worst = max(worst, d, -d)
			}
		}
	}
	return worst
}

// TestOrientations turns a picture through all eight EXIF marks: the first
// pixel of the upright picture is known for each.
func TestOrientations(t *testing.T) {
	img := synthetic(5, 3)
	corner := map[int]image.Point{ // the stored pixel that shows at the top left
		1: {0, 0}, 2: {4, 0}, 3: {4, 2}, 4: {0, 2}, 5: {0, 0}, 6: {0, 2}, 7: {4, 2}, 8: {4, 0},
	}
	for turn, p := range corner {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		got, err := Decode("x.png", withExif(b.Bytes(), uint16(turn)), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		size := image.Pt(5, 3)
		if turn >= 5 {
			size = image.Pt(3, 5)
		}
		if got.Image.Rect.Max != size {
			t.Errorf("orientation %d: %v, want %v", turn, got.Image.Rect.Max, size)
		}
		if got.Image.RGBAAt(0, 0) != img.RGBAAt(p.X, p.Y) {
			t.Errorf("orientation %d: top left %v, want that of %v", turn, got.Image.RGBAAt(0, 0), p)
		}
	}
}

// withExif puts an eXIf chunk behind a PNG's header chunk.
func withExif(data []byte, turn uint16) []byte {
	block := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	block = binary.BigEndian.AppendUint16(block, turn)
	block = append(block, 0, 0, 0, 0, 0, 0)
	return insertChunk(data, "eXIf", block)
}

func insertChunk(data []byte, kind string, body []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, kind...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte(nil), data[:33]...), chunk...), data[33:]...)
}

// TestRefusals: what is no picture, or too large, is refused with words that
// say so, from the header alone.
func TestRefusals(t *testing.T) {
	var small bytes.Buffer
	if err := png.Encode(&small, synthetic(20, 20)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty.jpg", nil, "empty (0 bytes)"},
		{"notes.png", []byte("just some words\nand more"), "text file"},
		{"page.jpg", []byte("<!DOCTYPE html><html><body>404</body></html>"), "web page"},
		{"drawing.png", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), "SVG"},
		{"phone.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "HEIC"},
		{"new.avif", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), "AVIF"},
		{"paper.pdf", []byte("%PDF-1.7\n"), "PDF"},
		{"noise.jpg", []byte{0, 1, 2, 3, 4, 5, 6, 7, 0xfe}, "not a picture"},
		{"cut.png", small.Bytes()[:60], "not enough pixel data"},
		{"header.jpg", []byte("\xff\xd8\xff\xe0"), "ends too early"},
		{"wide.png", pngHeader(70000, 10), "65535 on a side"},
		{"huge.png", pngHeader(20000, 20000), "400 megapixels; the limit is 100"},
		{"overflow.png", pngHeader(1<<31-1, 1<<31-1), "overflow"},
		{"huge.gif", []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00;"), "megapixels"},
		{"huge.bmp", bmpHeader(30000, 30000), "900 megapixels"},
		{"huge.tiff", tiffHeader(30000, 30000), "900 megapixels"},
		{"huge.webp", webpHeader(16384, 16384), "268 megapixels"},
		{"liar.webp", webpLiar(), "larger than the canvas"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode(c.name, c.data, Limits{})
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.name) {
				t.Errorf("%v; want the name and %q", err, c.want)
			}
		})
	}
	if _, err := Decode("big.png", make([]byte, 11), Limits{Bytes: 10}); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("file limit: %v", err)
	}
	if _, err := Open(t.TempDir(), Limits{}); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Open("testdata/absent.png", Limits{}); err == nil || !os.IsNotExist(err) && !strings.Contains(err.Error(), "absent.png") {
		t.Errorf("an absent file: %v", err)
	}
}

// TestMislabelled: the content decides, and a remark says what the name claims.
func TestMislabelled(t *testing.T) {
	img := synthetic(9, 7)
	for name, encode := range map[string]func(*bytes.Buffer) error{
		"PNG":  func(b *bytes.Buffer) error { return png.Encode(b, img) },
		"GIF":  func(b *bytes.Buffer) error { return gif.Encode(b, img, nil) },
		"BMP":  func(b *bytes.Buffer) error { return bmp.Encode(b, img) },
		"TIFF": func(b *bytes.Buffer) error { return tiff.Encode(b, img, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		pic, err := Decode("photo.JPG", b.Bytes(), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		want := "The file is called .jpg but holds a " + name + " picture."
		if pic.Format != name || len(pic.Remarks) != 1 || pic.Remarks[0].String() != want {
			t.Errorf("%s: format %s, remarks %v", name, pic.Format, pic.Remarks)
		}
	}
}

// TestOddSizes covers chroma planes of one and two columns and rows.
func TestOddSizes(t *testing.T) {
	for w := 1; w <= 6; w++ {
		for h := 1; h <= 6; h++ {
			var b bytes.Buffer
			img := image.NewRGBA(image.Rect(0, 0, w, h))
			for i := range img.Pix {
				img.Pix[i] = 200
			}
			if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
				t.Fatal(err)
			}
			pic, err := Decode("x.jpg", b.Bytes(), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			// A flat picture stays flat whatever the upsampling does; one level of
			// JPEG rounding.
			for i, v := range pic.Image.Pix {
				if i%4 != 3 && (v < 199 || v > 201) {
					t.Fatalf("%dx%d: byte %d is %d, want 200", w, h, i, v)
				}
			}
		}
	}
}

func pngHeader(w, h uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	b = binary.BigEndian.AppendUint32(b, w)
	b = binary.BigEndian.AppendUint32(b, h)
	b = append(b, 8, 2, 0, 0, 0)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[12:]))
}

func bmpHeader(w, h uint32) []byte {
	var b bytes.Buffer
	if err := bmp.Encode(&b, synthetic(4, 4)); err != nil {
		panic(err)
	}
	binary.LittleEndian.PutUint32(b.Bytes()[18:], w)
	binary.LittleEndian.PutUint32(b.Bytes()[22:], h)
	return b.Bytes()
}

func tiffHeader(w, h uint32) []byte {
	var b bytes.Buffer
	if err := tiff.Encode(&b, synthetic(4, 4), nil); err != nil {
		panic(err)
	}
	data := b.Bytes()
	dir := data[binary.LittleEndian.Uint32(data[4:])+2:]
	for ; len(dir) >= 12; dir = dir[12:] {
		switch binary.LittleEndian.Uint16(dir) {
		case 256:
			binary.LittleEndian.PutUint16(dir[8:], uint16(w))
		case 257:
			binary.LittleEndian.PutUint16(dir[8:], uint16(h))
			return data
		}
	}
	panic("no size in the TIFF")
}

func webpHeader(w, h uint32) []byte {
	b := []byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00")
	w, h = w-1, h-1
	return append(b, byte(w), byte(w>>8), byte(w>>16), byte(h), byte(h>>8), byte(h>>16))
}

// webpLiar announces a canvas of 4 x 4 and holds a frame of 16383 x 16383.
func webpLiar() []byte {
	b := webpHeader(4, 4)
	b = append(b, "VP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f"...)
	b[4] = byte(len(b) - 8)
	return b
}

// FuzzDecode: no bytes make Decode panic or return a picture that is not
// opaque, upright at (0,0) and within the limits.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/pictures/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, data := range [][]byte{webpLiar(), pngHeader(9, 9), tiffHeader(5, 5), bmpHeader(3, 3), []byte("GIF89a")} {
		f.Add(data)
	}
	limits := Limits{Pixels: 1 << 20, Bytes: 1 << 20}
	f.Fuzz(func(t *testing.T, data []byte) {
		pic, err := Decode("fuzz", data, limits)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "picture fuzz: ") {
				t.Errorf("error without the name: %v", err)
			}
			return
		}
		r := pic.Image.Rect
		if r.Min != (image.Point{}) || r.Empty() || r.Dx()*r.Dy() > 1<<20 || !pic.Image.Opaque() || pic.Format == "" {
			t.Errorf("%v, opaque %v, format %q", r, pic.Image.Opaque(), pic.Format)
		}
	})
}
