package session

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
)

// strokes are an edit of each kind of shape.
func strokes() []task.Edit {
	return []task.Edit{
		{Shape: task.Shape{Kind: task.Brush, Points: []task.Point{{X: 0.1, Y: 0.25}, {X: -0.5, Y: 1.5}}, Radius: 0.04}, Fill: task.FillBlur},
		{Shape: task.Shape{Kind: task.Box, Points: []task.Point{{X: 0.1, Y: 0.2}, {X: 0.3, Y: 0.4}}}, Fill: task.FillInpaint},
		{Shape: task.Shape{Kind: task.Lasso, Points: []task.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 1}}}, Fill: task.FillRestore},
		{Shape: task.Shape{Kind: task.Mask, Width: 3, Height: 2, Runs: []int{1, 2, 3}}, Fill: task.FillMean},
	}
}

func TestPartsThatCannotBeUsedAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Picture){
		"fill":          func(p *Picture) { p.Edits[0].Fill = "x" },
		"kind":          func(p *Picture) { p.Edits[0].Kind = "x" },
		"no number":     func(p *Picture) { p.Edits[0].Points[0].X = math.NaN() },
		"far":           func(p *Picture) { p.Edits[0].Points[0].Y = 1e9 },
		"radius":        func(p *Picture) { p.Edits[0].Radius = 2 },
		"half a box":    func(p *Picture) { p.Edits[1].Points = p.Edits[1].Points[:1] },
		"thin lasso":    func(p *Picture) { p.Edits[2].Points = p.Edits[2].Points[:2] },
		"no stroke":     func(p *Picture) { p.Edits[0].Points = nil },
		"no mask":       func(p *Picture) { p.Edits[3].Width = 0 },
		"large mask":    func(p *Picture) { p.Edits[3].Width, p.Edits[3].Height = 1<<40, 1<<40 },
		"long runs":     func(p *Picture) { p.Edits[3].Runs = []int{1, math.MaxInt} },
		"runs back":     func(p *Picture) { p.Edits[3].Runs = []int{-1, 7} },
		"many edits":    func(p *Picture) { p.Edits = make([]task.Edit, edit.MaxEdits+1) },
		"many regions":  func(p *Picture) { p.Regions = make([]task.Region, edit.MaxRegions+1) },
		"no name":       func(p *Picture) { p.Regions[0].Name = "" },
		"long name":     func(p *Picture) { p.Regions[0].Name = strings.Repeat("x", edit.MaxName+1) },
		"two boxes":     func(p *Picture) { p.Box = make([]task.Shape, 2) },
		"no box":        func(p *Picture) { p.Box = []task.Shape{{Kind: task.Box}} },
		"a wrong shape": func(p *Picture) { p.Regions[0].Shapes[0].Radius = -1 },
	} {
		s := sample()
		change(&s.Pictures[1])
		if err := Encode(&bytes.Buffer{}, s); err == nil {
			t.Errorf("%s is written", name)
		}
	}
}
