package state

import (
	"reflect"
	"testing"

	"seewhy/ui/graph"
)

func TestGraphFollowsTheActivePanesModel(t *testing.T) {
	d := joining(t)
	d.send(GraphToggled{})
	c := must[DrawGraph](d)
	if c.SHA256 != "sha-deep" || !c.Options.Blocks || len(c.Layers) != 4 {
		t.Errorf("%+v", c)
	}
	first := &graph.Drawing{}
	d.send(GraphDrawn{Job: c.Job - 1, Drawing: &graph.Drawing{}})
	d.send(GraphDrawn{Job: c.Job, Drawing: first})
	if d.Graph.Drawing != first || d.Graph.Job != 0 {
		t.Errorf("%+v", d.Graph)
	}
	d.send(LayerPicked{Value: "l1"})
	without[DrawGraph](d)
	d.send(GraphOpened{Open: true})
	if c := must[DrawGraph](d); c.Options.Blocks || d.Graph.Drawing != first {
		t.Error("blocks stay folded, or the old drawing is gone before the new one is there")
	}
	d.send(ModelPicked{Ref: "other"})
	d.send(ModelOpened{Job: d.Model.Job, Info: model("other")})
	if c := must[DrawGraph](d); c.SHA256 != "sha-other" || c.Options.Blocks {
		t.Errorf("%+v", c)
	}
	d.send(GraphToggled{})
	if d.Graph.On || d.Graph.Job != 0 {
		t.Errorf("%+v", d.Graph)
	}
}

func TestGraphNeedsAModel(t *testing.T) {
	d := booted(t, Options{})
	d.Model.Info = nil
	d.send(GraphToggled{})
	if d.Graph.On || !d.Toast.Warning {
		t.Error("a graph of nothing")
	}
}

func TestShownLayers(t *testing.T) {
	d := joining(t)
	for _, c := range []struct {
		m    Msg
		want []string
	}{
		{PaneActivated{}, []string{"l2"}},
		{LayerPicked{Value: "l1"}, []string{"l1"}},
		{NaturalLayersPicked{}, []string{"l2", "l0"}},
		{MethodPicked{ID: "saliency"}, nil},
	} {
		if d.send(c.m); !reflect.DeepEqual(d.ShownLayers(0), c.want) {
			t.Errorf("%+v: %q, want %q", c.m, d.ShownLayers(0), c.want)
		}
	}
}
