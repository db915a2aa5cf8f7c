package method

import (
	"slices"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// A region gets the mean of its cells that no better one took before.
func TestRegionsAreRanked(t *testing.T) {
	m := task.Map{Width: 3, Height: 2, Values: []float32{1, 2, 3, 4, 5, 9}}
	regions := [][]int32{{0, 1, 2}, {4, 5}, {1, 2, 4, 5}}
	// {4, 5} has the mean 7; then of {1, 2} and {0, 1, 2} the first, 2.5; then 0
	// alone. Nobody has 3, which keeps its own.
	if n := rank(&m, regions); n != 3 || !slices.Equal(m.Values, []float32{1, 2.5, 2.5, 4, 7, 7}) {
		t.Errorf("%d regions, %v", n, m.Values)
	}
}

func TestWidenIsADisk(t *testing.T) {
	got := widen([]int32{12}, 5, 5, 2)
	want := []int32{2, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 18, 22}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := widen([]int32{0}, 5, 5, 1); !slices.Equal(got, []int32{0, 1, 5}) {
		t.Errorf("at the corner %v", got)
	}
}

// The parts of each scale cover the picture.
func TestXRAIRegionsCoverThePicture(t *testing.T) {
	r := Request{Input: tensor.New(1, 3, 32, 32), Layout: "NCHW"}
	for i := range r.Input.Data {
		r.Input.Data[i] = float32(i % 1024 / 512)
	}
	covered := make([]int, 1024)
	for _, region := range xraiRegions(r) {
		for _, p := range region {
			covered[p]++
		}
	}
	if low := slices.Min(covered); low < len(xraiScales) {
		t.Errorf("a pixel lies in %d regions", low)
	}
}
