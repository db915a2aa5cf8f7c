package segment_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"image"
	_ "image/png"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"seewhy/analysis/segment"
)

// The segmentations of the reference, as testdata/reference.py asks for them.
var asked = map[string]func(segment.Image) segment.Labels{
	"felzenszwalb":      func(i segment.Image) segment.Labels { return segment.Felzenszwalb(i, 100, 0.8, 20) },
	"felzenszwalb-fine": func(i segment.Image) segment.Labels { return segment.Felzenszwalb(i, 4, 0.5, 10) },
	"slic":              func(i segment.Image) segment.Labels { return segment.SLIC(i, 100, 10) },
	"slic-square":       func(i segment.Image) segment.Labels { return segment.SLIC(i, 50, 30) },
	"quickshift": func(i segment.Image) segment.Labels {
		return segment.Quickshift(i, segment.QuickshiftOptions{Kernel: 4, MaxDistance: 200, Ratio: 0.2, Seed: 1})
	},
	"quickshift-fine": func(i segment.Image) segment.Labels {
		return segment.Quickshift(i, segment.QuickshiftOptions{Kernel: 3, MaxDistance: 6, Ratio: 0.5, Seed: 1})
	},
}

func picture(t testing.TB, file string) segment.Image {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return segment.Of(img)
}

// The segments are scikit-image's, by the adjusted Rand index of the two
// labellings: 1 is the same division. Quickshift decides ties by noise of its
// own random generator, all else is deterministic.
func TestSegmentsArePeers(t *testing.T) {
	data, err := os.ReadFile("testdata/peers.json")
	if err != nil {
		t.Fatal(err)
	}
	var peers []struct {
		Picture, Method, Labels string
		Segments                int
	}
	if err := json.Unmarshal(data, &peers); err != nil {
		t.Fatal(err)
	}
	if len(peers) < 2*len(asked) {
		t.Fatalf("%d peers", len(peers))
	}
	for _, p := range peers {
		want := unpack(t, p.Labels)
		got := asked[p.Method](picture(t, p.Picture))
		if err := got.Check(); err != nil {
			t.Fatalf("%s %s: %v", p.Picture, p.Method, err)
		}
		index := adjustedRand(got.Of, want)
		t.Logf("%s %s: %d segments, the peer has %d; adjusted Rand index %.5f", p.Picture, p.Method, got.Count, p.Segments, index)
		if index < 0.99 {
			t.Errorf("%s %s: adjusted Rand index %.5f", p.Picture, p.Method, index)
		}
	}
}

func unpack(t *testing.T, text string) []int32 {
	t.Helper()
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	labels := make([]int32, len(raw)/2)
	for i := range labels {
		labels[i] = int32(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return labels
}

// adjustedRand compares two labellings of the same pixels (Hubert and Arabie, 1985).
func adjustedRand(a, b []int32) float64 {
	type pair struct{ a, b int32 }
	both, left, right := map[pair]float64{}, map[int32]float64{}, map[int32]float64{}
	for i := range a {
		both[pair{a[i], b[i]}]++
		left[a[i]]++
		right[b[i]]++
	}
	pairs := func(n float64) float64 { return n * (n - 1) / 2 }
	var together, la, rb float64
	for _, n := range both {
		together += pairs(n)
	}
	for _, n := range left {
		la += pairs(n)
	}
	for _, n := range right {
		rb += pairs(n)
	}
	expected := la * rb / pairs(float64(len(a)))
	return (together - expected) / ((la+rb)/2 - expected)
}

// Each segmentation gives the same labels again, whole ones, and leaves the
// picture alone; so it does on pictures of one colour, one pixel, one line.
func TestEverySegmentation(t *testing.T) {
	noisy := filled(37, 23, func() float64 { return rand.Float64() })
	pictures := map[string]segment.Image{
		"noise": noisy, "flat": filled(20, 30, func() float64 { return 0.5 }), "pixel": filled(1, 1, rand.Float64),
		"row": filled(50, 1, rand.Float64), "column": filled(1, 50, rand.Float64),
	}
	for id, call := range asked {
		for name, img := range pictures {
			before := slices.Clone(img.Planes[1])
			a, b := call(img), call(img)
			if err := a.Check(); err != nil {
				t.Errorf("%s of %s: %v", id, name, err)
			}
			if a.Width != img.Width || a.Height != img.Height || !slices.Equal(a.Of, b.Of) {
				t.Errorf("%s of %s: another answer", id, name)
			}
			if !slices.Equal(before, img.Planes[1]) {
				t.Errorf("%s changed the picture", id)
			}
		}
	}
}

func filled(w, h int, value func() float64) segment.Image {
	img := segment.Image{Width: w, Height: h}
	for c := range img.Planes {
		img.Planes[c] = make([]float64, w*h)
		for i := range img.Planes[c] {
			img.Planes[c][i] = value()
		}
	}
	return img
}

// Two halves of different colour are two segments, with the border between
// them where it is.
func TestHalves(t *testing.T) {
	img := filled(40, 30, func() float64 { return 0 })
	for i := range img.Planes[0] {
		if i%40 >= 17 {
			img.Planes[0][i], img.Planes[2][i] = 1, 0.5
		}
	}
	got := segment.Felzenszwalb(img, 100, 0, 20)
	if got.Count != 2 {
		t.Fatalf("%d segments", got.Count)
	}
	for i, s := range got.Of {
		if (s == 1) != (i%40 >= 17) {
			t.Fatalf("pixel %d is in segment %d", i, s)
		}
	}
	for id, l := range map[string]segment.Labels{
		"slic":       segment.SLIC(img, 12, 1),
		"quickshift": segment.Quickshift(img, segment.QuickshiftOptions{Kernel: 3, MaxDistance: 200, Ratio: 1, Seed: 3}),
	} {
		sides := map[int32]map[bool]bool{}
		for i, s := range l.Of {
			if sides[s] == nil {
				sides[s] = map[bool]bool{}
			}
			sides[s][i%40 >= 17] = true
		}
		for s, both := range sides {
			if len(both) > 1 {
				t.Errorf("%s: segment %d crosses the border", id, s)
			}
		}
	}
}

func TestGrid(t *testing.T) {
	l := segment.Grid(10, 7, 4, 3)
	if err := l.Check(); err != nil || l.Count != 12 {
		t.Fatalf("%d segments, %v", l.Count, err)
	}
	for _, n := range l.Sizes() {
		if n < 2*2 || n > 3*3 {
			t.Errorf("a cell of %d pixels", n)
		}
	}
	if l := segment.Grid(3, 2, 100, 100); l.Count != 6 {
		t.Errorf("%d segments in 6 pixels", l.Count)
	}
}

func TestLabelsFromOutside(t *testing.T) {
	good := segment.Labels{Width: 2, Height: 2, Of: []int32{0, 1, 1, 0}, Count: 2}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for _, bad := range []segment.Labels{
		{},
		{Width: 2, Height: 2, Of: []int32{0, 1, 1}, Count: 2},
		{Width: -2, Height: -2, Of: []int32{0, 1, 1, 0}, Count: 2},
		{Width: 2, Height: 2, Of: []int32{0, 1, 1, 2}, Count: 2},
		{Width: 2, Height: 2, Of: []int32{0, 1, 1, -1}, Count: 2},
		{Width: 2, Height: 2, Of: []int32{0, 0, 0, 0}, Count: 2},
		{Width: 2, Height: 2, Of: []int32{0, 0, 0, 0}, Count: 1 << 40},
	} {
		if bad.Check() == nil {
			t.Errorf("%+v passes", bad)
		}
	}
}

func BenchmarkSegment(b *testing.B) {
	small := picture(b, "04-cat.png")
	img := filled(224, 224, func() float64 { return 0 })
	for c := range img.Planes {
		for i := range img.Planes[c] {
			img.Planes[c][i] = small.Planes[c][i/224*160/224*160+i%224*160/224]
		}
	}
	for _, id := range []string{"felzenszwalb", "slic", "quickshift"} {
		b.Run(id, func(b *testing.B) {
			for b.Loop() {
				asked[id](img)
			}
		})
	}
}

func TestOutline(t *testing.T) {
	img := image.NewRGBA(image.Rect(5, 5, 9, 7))
	got := segment.Outline(img, segment.Labels{Width: 4, Height: 2, Of: []int32{0, 0, 1, 1, 0, 0, 1, 1}, Count: 2})
	for y := range 2 {
		for x := range 4 {
			if drawn := got.RGBAAt(x, y).R == 255; drawn != (x == 1) {
				t.Errorf("pixel %d, %d: drawn %v", x, y, drawn)
			}
		}
	}
}
