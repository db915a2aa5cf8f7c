package screen

import (
	"fmt"
	"reflect"
	"testing"

	"seewhy/analysis/task"
)

func TestLayerTree(t *testing.T) {
	var layers []task.Layer
	for _, name := range []string{"stem.stem.conv", "layer1.0.conv1", "layer1.0.relu", "layer1.1.relu", "layer2.0.add", "head"} {
		layers = append(layers, task.Layer{Value: "/" + name, Name: name, Kind: "spatial", Op: "Relu", Shape: []int{8, 4, 4}})
	}
	layers[5].Kind = "vector"
	var got []string
	for _, c := range layerTree(layers).lines(0, "", "/layer1.0.relu") {
		mark := ""
		switch {
		case c.Branch && c.Open:
			mark = "v "
		case c.Branch:
			mark = "> "
		case c.Why != "":
			mark = "! "
		case c.Chosen:
			mark = "* "
		}
		got = append(got, fmt.Sprintf("%d %s%s (%s)", c.Depth, mark, c.Title, c.Detail))
	}
	want := []string{
		"0 ! head (Relu  8 × 4 × 4)",
		"0 layer2.0.add (Relu  8 × 4 × 4)",
		"0 v layer1 (3 layers)",
		"1 1.relu (Relu  8 × 4 × 4)",
		"1 v 0 (2 layers)",
		"2 * relu (Relu  8 × 4 × 4)",
		"2 conv1 (Relu  8 × 4 × 4)",
		"0 stem.conv (Relu  8 × 4 × 4)",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestLayerShapeTellsTokensByTheirPlaces(t *testing.T) {
	l := task.Layer{Kind: "tokens", Shape: []int{197, 192}, Grid: &task.Grid{Prefix: 1, Height: 14, Width: 14}}
	if got := layerShape(l); got != "14 × 14 tokens" {
		t.Errorf("%q", got)
	}
	if got := scopes("///"); len(got) != 1 {
		t.Errorf("%q", got)
	}
}
