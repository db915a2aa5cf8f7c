package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jezek/xgb"

	"seewhy/analysis/report"
	"seewhy/analysis/task"
)

// What if the boat were not there: a brush moves over it in the real window,
// the answer falls while it moves, and the exported report says what was
// hidden.
func TestSmokeWhatIf(t *testing.T) {
	xgb.Logger.SetOutput(io.Discard)
	library := needs(t)
	s := start(t, library)
	s.wait("heat", nil)
	before := s.last("answer")
	if before.Label == "" || before.Edits != 0 {
		t.Fatalf("the answer before: %+v", before)
	}
	at := s.place("stage")
	s.mark()
	s.xdotool("mousemove", fmt.Sprint(at.X+at.W/2), fmt.Sprint(at.Y+at.H/2), "key", "b")
	// The bar of tools has come, and moved the stage.
	at = s.wait("place", func(l line) bool { return l.Name == "stage" })
	to := func(x, y float64) []string {
		side := float64(min(at.W, at.H))
		return []string{"mousemove", fmt.Sprint(at.X + at.W/2 + int((x-0.5)*side)), fmt.Sprint(at.Y + at.H/2 + int((y-0.5)*side))}
	}
	s.mark()
	s.xdotool(append(to(0.25, 0.3), "mousedown", "1")...)
	const lines, steps = 7, 10
	for k := range lines {
		for i := range steps + 1 {
			x := 0.25 + 0.5*float64(i)/steps
			if k%2 == 1 {
				x = 1 - x
			}
			s.xdotool(to(x, 0.3+0.5*float64(k)/(lines-1))...)
		}
	}
	// The button is still down: the answer follows the brush.
	s.wait("answer", func(l line) bool { return l.Edits == 1 && l.Probability < before.Probability-0.05 })
	s.xdotool("mouseup", "1")
	s.wait("heat", func(l line) bool { return l.Edits == 1 })
	s.settled()
	after := s.last("answer")
	t.Logf("%s %.3f, and with most of it hidden %s %.3f", before.Label, before.Probability, after.Label, after.Probability)

	s.mark()
	s.xdotool("key", "ctrl+e")
	s.opened(1)
	s.xdotool("key", "ctrl+a")
	s.xdotool("type", "hidden.png")
	s.xdotool("key", "Return")
	if done := s.wait("exported", nil); done.Failed {
		t.Fatalf("not exported: %+v", s.last("said"))
	}
	data, err := os.ReadFile(filepath.Join(s.dir, "hidden.png"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := report.Provenance(bytes.NewReader(data))
	if err != nil || len(records) != 1 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	edits := records[0].Result.Task.Edits
	if len(edits) != 1 || edits[0].Kind != task.Brush || edits[0].Fill != task.FillBlur || len(edits[0].Points) < lines*3 {
		var kinds []string
		for _, e := range edits {
			kinds = append(kinds, fmt.Sprintf("%s %s of %d points", e.Fill, e.Kind, len(e.Points)))
		}
		t.Errorf("the report hides %s", strings.Join(kinds, ", "))
	}

	// Space and a drag still move the photo, and draw nothing.
	s.opened(0)
	s.xdotool("keydown", "space")
	s.xdotool(append(to(0.5, 0.5), "mousedown", "1")...)
	s.xdotool(append(to(0.6, 0.6), "mouseup", "1")...)
	s.xdotool("keyup", "space")
	s.mark()
	s.xdotool("key", "BackSpace")
	s.wait("answer", func(l line) bool { return l.Edits == 0 })
	if l := s.last("answer"); l.Label != before.Label || l.Probability != before.Probability {
		t.Errorf("cleared, it answers %s %g, not %s %g", l.Label, l.Probability, before.Label, before.Probability)
	}
}
