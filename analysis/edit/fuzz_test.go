package edit

import (
	"encoding/json"
	"testing"

	"seewhy/analysis/task"
)

// Edits of a file come from anywhere: what passes Check is applied, whole and
// in parts, and nothing outside of its bounds changes.
func FuzzEdits(f *testing.F) {
	for _, seed := range []string{
		`[{"kind":"box","points":[{"x":0.1,"y":0.2},{"x":0.5,"y":0.6}],"fill":"inpaint"}]`,
		`[{"kind":"brush","points":[{"x":-4,"y":5},{"x":5,"y":-4}],"radius":1,"fill":"blur"},{"kind":"brush","points":[{"x":0.5,"y":0.5}],"radius":1e-300,"fill":"restore"}]`,
		`[{"kind":"lasso","points":[{"x":0,"y":0},{"x":1,"y":1},{"x":0,"y":1},{"x":1,"y":0}],"fill":"noise"}]`,
		`[{"kind":"mask","width":3,"height":2,"runs":[1,2,0,0,3],"fill":"mean"}]`,
		`[{"kind":"box","points":[{"x":0,"y":0},{"x":0,"y":0}],"fill":"grey"}]`,
	} {
		f.Add([]byte(seed), uint8(13), uint8(7))
	}
	f.Fuzz(func(t *testing.T, data []byte, w, h uint8) {
		var edits []task.Edit
		if json.Unmarshal(data, &edits) != nil || Check(edits) != nil || w == 0 || h == 0 || len(edits) > 8 {
			return
		}
		src := ramp(int(w), int(h))
		canvas := New(src)
		for n := range len(edits) + 1 {
			got, err := canvas.Update(t.Context(), edits[:n])
			if err != nil {
				t.Fatal(err)
			}
			want, err := Apply(t.Context(), src, edits[:n])
			if err != nil {
				t.Fatal(err)
			}
			for i := range want.Pix {
				if got.Pix[i] != want.Pix[i] {
					t.Fatalf("%d edits: byte %d is %d mended, %d made at once", n, i, got.Pix[i], want.Pix[i])
				}
			}
			for y := range int(h) {
				for x := range int(w) {
					changed := false
					for _, e := range edits[:n] {
						b := Bounds(e.Shape, int(w), int(h))
						changed = changed || x >= b.Min.X && x < b.Max.X && y >= b.Min.Y && y < b.Max.Y
					}
					if !changed && want.RGBAAt(x, y) != src.RGBAAt(x, y) {
						t.Fatalf("%d, %d changed outside of all shapes", x, y)
					}
				}
			}
		}
	})
}
