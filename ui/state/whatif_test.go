package state

import (
	"reflect"
	"testing"

	"seewhy/analysis/task"
)

func TestPartsAreKeptWithTheSession(t *testing.T) {
	was := booted(t, Options{})
	was.serve()
	edits := []task.Edit{{Shape: task.Shape{Kind: task.Brush, Points: []task.Point{{X: 0.5, Y: 0.25}}, Radius: 0.1}, Fill: task.FillNoise}}
	regions := []task.Region{{Name: "face", Shapes: []task.Shape{{Kind: task.Box, Points: []task.Point{{X: 0.25}, {X: 0.5, Y: 1}}}}}}
	item := *was.Items[1]
	item.Edits, item.Regions = edits, regions
	was.Items[1] = &item
	was.Panes[0].Original = true
	s, ok := was.State.Session()
	if !ok || !reflect.DeepEqual(s.Pictures[1].Edits, edits) || !reflect.DeepEqual(s.Pictures[1].Regions, regions) || s.Pictures[0].Edits != nil || !s.Panes[0].Original {
		t.Fatalf("%t %+v", ok, s)
	}
	d := started(t, Options{}, EngineReady{Session: &s})
	d.serve()
	if !reflect.DeepEqual(d.Items[1].Edits, edits) || !reflect.DeepEqual(d.Items[1].Regions, regions) || !d.Panes[0].Original {
		t.Errorf("%+v, pane %+v", d.Items[1], d.Panes[0])
	}
}
