package heatmap

import (
	"image/color"
	"math"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func concept(share float64, values ...float32) task.Concept {
	return task.Concept{Share: share, Map: task.Map{Width: len(values), Height: 1, Values: values}}
}

func TestConceptsHaveTheStrongestsColour(t *testing.T) {
	// By their own scales the second would win everywhere; its share is small.
	list := []task.Concept{concept(.8, 4, 0), concept(.2, 50, 150)}
	place := Place{Region: prep.Region{X0: 100, X1: 300, Y1: 100}, Picture: prep.Size{Width: 400, Height: 100}}
	img, err := Concepts(list, AllConcepts, place, 400, 100)
	if err != nil {
		t.Fatal(err)
	}
	// The first's map sums to 0.8, all of it in its first cell: full strength.
	first, second := ConceptColor(0), ConceptColor(1)
	if got := img.RGBAAt(110, 50); got != (color.RGBA{first.R, first.G, first.B, 255}) {
		t.Errorf("left %v, want %v", got, first)
	}
	// The second has 0.2 * 150/200 = 0.15 there, of 0.8.
	a := .15 / .8
	want := color.RGBA{uint8(float64(second.R)*a + .5), uint8(float64(second.G)*a + .5), uint8(float64(second.B)*a + .5), uint8(255*a + .5)}
	if got := img.RGBAAt(290, 50); got != want {
		t.Errorf("right %v, want %v", got, want)
	}
	if got := img.RGBAAt(50, 50); got.A != 0 {
		t.Errorf("outside of the region %v", got)
	}
	// Alone it has its own scale.
	img, err = Concepts(list, 1, place, 400, 100)
	if err != nil {
		t.Fatal(err)
	}
	if l, r := img.RGBAAt(110, 50).A, img.RGBAAt(290, 50).A; r != 255 || l != 85 {
		t.Errorf("alone: %d and %d", l, r)
	}
}

func TestConceptsThatCannotBeDrawn(t *testing.T) {
	place := Place{Picture: prep.Size{Width: 4, Height: 4}}
	for name, list := range map[string][]task.Concept{
		"none": nil, "sizes": {concept(.5, 1, 2), concept(.5, 1)}, "values": {concept(1, float32(math.NaN()))}, "shape": {{Map: task.Map{Width: 3, Height: 3}}},
	} {
		if _, err := Concepts(list, AllConcepts, place, 4, 4); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Concepts([]task.Concept{concept(1, 1)}, 1, place, 4, 4); err == nil {
		t.Error("a concept that is not there")
	}
	if img, err := Concepts([]task.Concept{concept(0, 0)}, AllConcepts, place, 4, 4); err != nil || img.RGBAAt(1, 1).A != 0 {
		t.Errorf("nothing is drawn as %v, %v", img, err)
	}
}

func TestConceptColoursDiffer(t *testing.T) {
	for i := range 16 {
		for k := range i {
			if ConceptColor(i) == ConceptColor(k) {
				t.Errorf("%d and %d are alike", i, k)
			}
		}
	}
}
