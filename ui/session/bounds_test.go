package session

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
)

// TestAStrangersFileStaysSmallInMemory reads files that say as much as they can
// with few bytes, of nearly the largest size and, where a count of a few thousand
// ends the reading, of an eighth of it. Reading one may allocate five times its
// size in all: the bytes as they come in and grow, and little besides.
func TestAStrangersFileStaysSmallInMemory(t *testing.T) {
	size := maxBytes / 8
	fill := func(before, entry, after string) []byte {
		before = `{"format":"` + Format + `","version":1,` + before
		n := (size - len(before) - len(after) - 1) / len(entry)
		return []byte(before + strings.Repeat(entry, n) + strings.TrimSuffix(entry, ",") + after)
	}
	file := func(body string) string { return `{"edits":[` + body + `]}` }
	largest := func(before, entry, after string) []byte {
		size = maxBytes
		defer func() { size = maxBytes / 8 }()
		return fill(before, entry, after)
	}
	empty := file(strings.TrimSuffix(strings.Repeat("{},", edit.MaxEdits), ","))
	for name, data := range map[string][]byte{
		"pictures":            largest(`"pictures":[`, `{},`, `]}`),
		"panes":               fill(`"panes":[`, `{},`, `]}`),
		"edits":               fill(`"pictures":[{"edits":[`, `{},`, `]}]}`),
		"edits of many":       fill(`"pictures":[`, empty+`,`, `]}`),
		"edits in capitals":   fill(`"pictures":[{"EDITS":[`, `{},`, `]}]}`),
		"edits escaped":       fill(`"pictures":[{"\u0065dits":[`, `{},`, `]}]}`),
		"edits by a long s":   fill(`"pictures":[{"editſ":[`, `{},`, `]}]}`),
		"pictures in a key":   fill(`"PICTURES":[{"edits":[`, `{"panes":[0]},`, `]}]}`),
		"edits of a pane":     fill(`"panes":[{"task":{"edits":[`, `{},`, `]}}]}`),
		"regions":             fill(`"pictures":[{"regions":[`, `{},`, `]}]}`),
		"shapes":              fill(`"pictures":[{"regions":[{"name":"a","shapes":[`, `{},`, `]}]}]}`),
		"points":              fill(`"pictures":[{"edits":[{"kind":"lasso","fill":"blur","points":[`, `{},`, `]}]}]}`),
		"points of many":      fill(`"pictures":[{"edits":[{"points":[`, `{}]},{"points":[`, `]}]}]}`),
		"runs":                largest(`"pictures":[{"edits":[{"kind":"mask","fill":"blur","runs":[`, `0,`, `]}]}]}`),
		"layers":              fill(`"panes":[{"task":{"layers":[`, `"",`, `]}}]}`),
		"means":               fill(`"panes":[{"task":{"preprocess":{"mean":[`, `[],`, `]}}}]}`),
		"settings":            fill(`"panes":[{"params":{"lime":{`, `"a":0,`, `}}}]}`),
		"settings of methods": fill(`"panes":[{"params":{`, `"a":{"b":0},`, `}}]}`),
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := Decode(bytes.NewReader(data))
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: the file is taken", name)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > uint64(5*len(data)) {
			t.Errorf("%s: %d MB were allocated for a file of %d MB (%v)", name, got>>20, len(data)>>20, err)
		}
	}
}

// TestCountingKeepsNothing asks that a file is counted without an allocation
// for each of its entries.
func TestCountingKeepsNothing(t *testing.T) {
	var b bytes.Buffer
	if err := Encode(&b, sample()); err != nil {
		t.Fatal(err)
	}
	small := testing.AllocsPerRun(5, func() { _ = bounded(b.Bytes()) })
	s := sample()
	for range 200 {
		s.Pictures[0].Edits = append(s.Pictures[0].Edits, task.Edit{Shape: task.Shape{Kind: task.Brush, Radius: 0.1, Points: make([]task.Point, 100)}, Fill: task.FillBlur})
	}
	b.Reset()
	if err := Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	if large := testing.AllocsPerRun(5, func() { _ = bounded(b.Bytes()) }); large > small+1000 {
		t.Errorf("%v allocations for 20,000 points, %v for a few", large, small)
	}
}

// TestTheLargestSessionIsRead holds the counts to what a session may have.
func TestTheLargestSessionIsRead(t *testing.T) {
	s := sample()
	points := func(n int) []task.Point { return make([]task.Point, n) }
	p := &s.Pictures[1]
	p.Edits = nil
	for range edit.MaxEdits {
		p.Edits = append(p.Edits, task.Edit{Shape: task.Shape{Kind: task.Brush, Radius: 0.0001, Points: points(edit.MaxPoints / edit.MaxEdits)}, Fill: task.FillBlur})
	}
	p.Regions = []task.Region{{Name: "face", Shapes: []task.Shape{{Kind: task.Lasso, Points: points(edit.MaxPoints)}}}}
	s.Pictures = append(s.Pictures, *p)
	pane := s.Panes[1]
	pane.Params = map[string]map[string]float64{"lime": {}}
	for i := range maxParams - 1 {
		pane.Params["lime"][strings.Repeat("x", i+1)] = 1
	}
	for len(s.Panes) < maxPanes {
		s.Panes = append(s.Panes, pane)
	}
	for len(s.Pictures) < 2000 {
		s.Pictures = append(s.Pictures, Picture{Path: "a"})
	}
	var b bytes.Buffer
	if err := Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Pictures) != 2000 || len(got.Panes) != maxPanes || len(got.Pictures[2].Edits) != edit.MaxEdits || len(got.Panes[8].Params["lime"]) != maxParams-1 {
		t.Errorf("%d pictures, %d panes, %d edits, %d settings", len(got.Pictures), len(got.Panes), len(got.Pictures[2].Edits), len(got.Panes[8].Params["lime"]))
	}
}
