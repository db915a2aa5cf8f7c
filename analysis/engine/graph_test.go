package engine_test

import (
	"context"
	"slices"
	"testing"

	"seewhy/analysis/task"
)

func TestGraphHoldsEveryLayer(t *testing.T) {
	e := open(t)
	ctx := context.Background()
	info, err := e.OpenModel(ctx, "builtin:seewhy-scenes-honest", nil)
	if err != nil {
		t.Fatal(err)
	}
	g, err := e.Graph(ctx, info.Ref.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if g.Nodes[0].Op != "Input" || !slices.Equal(g.Nodes[0].Shape, []int{3, info.InputSize.Height, info.InputSize.Width}) {
		t.Errorf("it begins with %+v", g.Nodes[0])
	}
	fed := map[int]bool{0: true}
	for _, k := range g.Edges {
		if k.From < 0 || k.From >= k.To || k.To >= len(g.Nodes) {
			t.Fatalf("edge %+v of %d nodes", k, len(g.Nodes))
		}
		fed[k.To] = true
	}
	if len(fed) != len(g.Nodes) {
		t.Errorf("%d of %d nodes depend on the picture", len(fed), len(g.Nodes))
	}
	for _, l := range info.Layers {
		if !slices.ContainsFunc(g.Nodes, func(n task.GraphNode) bool {
			return slices.Contains(n.Values, l.Value) && slices.Equal(n.Shape, l.Shape)
		}) {
			t.Errorf("no node makes layer %s of %v", l.Value, l.Shape)
		}
	}
	if _, err := e.Graph(ctx, "unknown"); err == nil {
		t.Error("a model that is not open has a graph")
	}
}
