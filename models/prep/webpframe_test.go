package prep

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"
)

// moving makes an animated WebP of a still one: two frames at x, y of a canvas
// that is wider by wider pixels, the second one damaged.
func moving(t *testing.T, still string, x, y, wider int) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/pictures/" + still)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Decode(still, data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	w, h := p.Image.Rect.Dx(), p.Image.Rect.Dy()
	var frame []byte
	riffChunks(data, func(id string, body []byte) bool {
		if id == "ALPH" || id == "VP8 " || id == "VP8L" {
			frame = append(frame, chunk(id, body)...)
		}
		return true
	})
	head := make([]byte, 16)
	put24(head, x/2)
	put24(head[3:], y/2)
	put24(head[6:], w-1)
	put24(head[9:], h-1)
	canvas := make([]byte, 10)
	canvas[0] = 1<<1 | 1<<4
	put24(canvas[4:], w+wider-1)
	put24(canvas[7:], h+wider-1)
	body := bytes.Join([][]byte{
		[]byte("WEBP"), chunk("VP8X", canvas), chunk("ANIM", make([]byte, 6)),
		chunk("ANMF", append(head, frame...)), chunk("ANMF", head),
	}, nil)
	return chunk("RIFF", body)
}

func chunk(id string, body []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body)))
	out = append(out, body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

func TestMovingWebPShowsItsFirstFrame(t *testing.T) {
	for _, name := range []string{"lossy.webp", "lossless.webp", "clear.webp"} {
		data, err := os.ReadFile("testdata/pictures/" + name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Decode(name, data, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode("m.webp", moving(t, name, 0, 0, 0), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(got.Image.Pix, want.Image.Pix) {
			t.Errorf("%s: other pixels than the still picture's", name)
		}
		if len(got.Remarks) == 0 || got.Remarks[0].String() != "The WebP is animated: its first frame is used." {
			t.Errorf("%s: remarks %v", name, got.Remarks)
		}
		// In a corner of a larger canvas, white shows around it.
		placed, err := Decode("m.webp", moving(t, name, 4, 6, 10), Limits{})
		if err != nil {
			t.Errorf("%s placed: %v", name, err)
			continue
		}
		if b := placed.Image.Rect; b.Dx() != want.Image.Rect.Dx()+10 || placed.Image.RGBAAt(0, 0).R != 255 || placed.Image.RGBAAt(3, 5).G != 255 {
			t.Errorf("%s placed: %v, corner %v", name, b, placed.Image.RGBAAt(0, 0))
		}
		x, y := want.Image.Rect.Dx()/2, want.Image.Rect.Dy()/2
		a, b := placed.Image.RGBAAt(x+4, y+6), want.Image.RGBAAt(x, y)
		if near := func(p, q uint8) bool { return max(p, q)-min(p, q) <= 6 }; !near(a.R, b.R) || !near(a.G, b.G) || !near(a.B, b.B) {
			t.Errorf("%s placed: %v, want %v", name, a, b)
		}
	}
}

func TestMovingWebPIsBounded(t *testing.T) {
	data := moving(t, "lossless.webp", 0, 0, 1<<23)
	if _, err := Decode("m.webp", data, Limits{}); FaultOf(err) != TooLarge || !strings.Contains(err.Error(), "on a side") {
		t.Errorf("a canvas of 8 million pixels a side: %v", err)
	}
	// A frame beyond the canvas is no frame.
	if _, err := Decode("m.webp", moving(t, "lossless.webp", 2, 0, 0), Limits{}); err == nil {
		t.Error("a frame beyond the canvas is read")
	}
	data = moving(t, "lossy.webp", 0, 0, 0)
	for n := range data {
		if _, err := Decode("m.webp", data[:n], Limits{}); err == nil && n < len(data)/2 {
			t.Errorf("%d bytes of %d are read", n, len(data))
		}
	}
}
