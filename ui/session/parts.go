package session

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"seewhy/analysis/task"
)

// Bounds on what marks a picture's parts. A stroke drawn by hand has some
// hundred points; a mask of superpixels some thousand runs.
const (
	MaxEdits   = 1000
	MaxRegions = 100
	// MaxRegionName is in characters.
	MaxRegionName = 80
	maxShapes     = 1000
	maxPoints     = 20_000
	maxRuns       = 1 << 20
	maxCells      = 1 << 24
)

var (
	kinds = []task.ShapeKind{task.Box, task.Lasso, task.Brush, task.Mask}
	fills = []task.Fill{task.FillBlur, task.FillMean, task.FillNoise, task.FillGrey, task.FillInpaint, task.FillRestore}
)

// checkParts holds edits and regions to their bounds.
func (p Picture) checkParts() error {
	if len(p.Edits) > MaxEdits {
		return damaged("edits", len(p.Edits))
	}
	for _, e := range p.Edits {
		if !slices.Contains(fills, e.Fill) {
			return damaged("fill", e.Fill)
		}
		if err := checkShape(e.Shape); err != nil {
			return err
		}
	}
	if len(p.Regions) > MaxRegions {
		return damaged("regions", len(p.Regions))
	}
	for _, r := range p.Regions {
		if n := utf8.RuneCountInString(r.Name); n == 0 || n > MaxRegionName {
			return damaged("region.name", r.Name)
		}
		if len(r.Shapes) == 0 || len(r.Shapes) > maxShapes {
			return damaged("region.shapes", len(r.Shapes))
		}
		for _, s := range r.Shapes {
			if err := checkShape(s); err != nil {
				return fmt.Errorf("region %q: %w", r.Name, err)
			}
		}
	}
	return nil
}

func checkShape(s task.Shape) error {
	bad := func(v float64) bool { return math.IsNaN(v) || math.Abs(v) > 1e6 }
	switch {
	case !slices.Contains(kinds, s.Kind):
		return damaged("shape", s.Kind)
	case len(s.Points) > maxPoints || slices.ContainsFunc(s.Points, func(p task.Point) bool { return bad(p.X) || bad(p.Y) }):
		return damaged("shape.points", len(s.Points))
	case !share(s.Radius):
		return damaged("shape.radius", s.Radius)
	case s.Kind == task.Box && len(s.Points) != 2, s.Kind == task.Lasso && len(s.Points) < 3, s.Kind == task.Brush && len(s.Points) < 1:
		return damaged("shape.points", len(s.Points))
	}
	if s.Kind != task.Mask {
		return nil
	}
	if s.Width < 1 || s.Height < 1 || s.Width > maxCells/s.Height || len(s.Runs) > maxRuns {
		return damaged("mask", [2]int{s.Width, s.Height})
	}
	left := s.Width * s.Height
	for _, n := range s.Runs {
		if left -= n; n < 0 || left < 0 {
			return damaged("mask.runs", n)
		}
	}
	return nil
}
