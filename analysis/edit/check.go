package edit

import (
	"fmt"
	"math"

	"seewhy/analysis/task"
)

// Bounds on what may come from a file: far more than a hand draws, and little
// enough that applying it takes seconds.
const (
	// MaxEdits and MaxRegions bound the edits of a task and the regions of a picture.
	MaxEdits   = 512
	MaxRegions = 64
	// MaxShapes bounds the shapes of all regions.
	MaxShapes = 2048
	// MaxPoints bounds the points of all shapes, MaxCells and MaxRuns the cells
	// and runs of all masks.
	MaxPoints = 1 << 17
	MaxCells  = 1 << 25
	MaxRuns   = 1 << 20
	// MaxWork bounds the sum over brush strokes of radius times points, which is
	// what drawing them costs: about 8 ms each at 12 megapixels.
	MaxWork = 2048
	// MaxMaskSide bounds a mask's sides.
	MaxMaskSide = 1 << 13
	// MaxReach is how far outside of the picture a point may lie, in pictures.
	MaxReach = 4
	// MaxName bounds a region's name, in bytes.
	MaxName = 200
)

// Check says what keeps edits that come from outside from being applied.
func Check(edits []task.Edit) error {
	if len(edits) > MaxEdits {
		return fmt.Errorf("there are %d edits; the limit is %d", len(edits), MaxEdits)
	}
	var sum total
	for i, e := range edits {
		if err := checkFill(e.Fill); err != nil {
			return fmt.Errorf("edit %d: %w", i+1, err)
		}
		if err := sum.add(e.Shape); err != nil {
			return fmt.Errorf("edit %d: %w", i+1, err)
		}
	}
	return nil
}

// CheckRegions says what keeps regions that come from outside from being used.
// Names are there, no longer than MaxName bytes, and each is used once.
func CheckRegions(regions []task.Region) error {
	if len(regions) > MaxRegions {
		return fmt.Errorf("there are %d regions; the limit is %d", len(regions), MaxRegions)
	}
	var sum total
	shapes, names := 0, map[string]bool{}
	for i, r := range regions {
		switch {
		case r.Name == "":
			return fmt.Errorf("region %d has no name", i+1)
		case len(r.Name) > MaxName:
			return fmt.Errorf("the name of region %d is longer than %d bytes", i+1, MaxName)
		case names[r.Name]:
			return fmt.Errorf("two regions are called %q", r.Name)
		}
		names[r.Name] = true
		if shapes += len(r.Shapes); shapes > MaxShapes {
			return fmt.Errorf("the regions have more than %d shapes", MaxShapes)
		}
		for j, s := range r.Shapes {
			if err := sum.add(s); err != nil {
				return fmt.Errorf("region %q, shape %d: %w", r.Name, j+1, err)
			}
		}
	}
	return nil
}

// CheckShape says what keeps one shape that comes from outside from being used.
func CheckShape(s task.Shape) error {
	var sum total
	return sum.add(s)
}

func checkFill(f task.Fill) error {
	for _, known := range Fills() {
		if f == known {
			return nil
		}
	}
	return fmt.Errorf("fill %q is unknown; there are: blur, mean, noise, grey, inpaint, restore", f)
}

// Fills lists all fills, in the order of menus.
func Fills() []task.Fill {
	return []task.Fill{task.FillBlur, task.FillMean, task.FillNoise, task.FillGrey, task.FillInpaint, task.FillRestore}
}

// total counts what shapes hold together.
type total struct {
	points, cells, runs int
	work                float64
}

func (t *total) add(s task.Shape) error {
	if err := check(s); err != nil {
		return err
	}
	t.points += len(s.Points)
	t.cells += s.Width * s.Height
	t.runs += len(s.Runs)
	t.work += s.Radius * float64(len(s.Points))
	switch {
	case t.points > MaxPoints:
		return fmt.Errorf("all shapes together have more than %d points", MaxPoints)
	case t.work > MaxWork:
		return fmt.Errorf("all brush strokes together have a sum of radius times points of %.0f; the limit is %d", t.work, MaxWork)
	case t.cells > MaxCells:
		return fmt.Errorf("all masks together have more than %d cells", MaxCells)
	case t.runs > MaxRuns:
		return fmt.Errorf("all masks together have more than %d runs", MaxRuns)
	}
	return nil
}

func check(s task.Shape) error {
	for i, p := range s.Points {
		if !within(p.X) || !within(p.Y) {
			return fmt.Errorf("point %d of the %s lies at %v, %v; places are fractions of the picture, at most %d outside of it", i+1, s.Kind, p.X, p.Y, MaxReach)
		}
	}
	switch n := len(s.Points); s.Kind {
	case task.Box:
		if n != 2 {
			return fmt.Errorf("a box has two corners, not %d points", n)
		}
	case task.Lasso:
		if n < 3 {
			return fmt.Errorf("a lasso needs at least 3 points; it has %d", n)
		}
	case task.Brush:
		if n < 1 {
			return fmt.Errorf("a brush stroke needs at least one point")
		}
		if !(s.Radius > 0 && s.Radius <= 1) {
			return fmt.Errorf("the radius of the brush is %v; it is a fraction of the longer side, above 0 and at most 1", s.Radius)
		}
	case task.Mask:
		return checkMask(s)
	default:
		return fmt.Errorf("shape %q is unknown; there are: box, lasso, brush, mask", s.Kind)
	}
	if s.Width != 0 || s.Height != 0 || len(s.Runs) > 0 {
		return fmt.Errorf("a %s has no cells", s.Kind)
	}
	if s.Kind != task.Brush && s.Radius != 0 {
		return fmt.Errorf("a %s has no radius", s.Kind)
	}
	return nil
}

func within(v float64) bool { return v >= -MaxReach && v <= 1+MaxReach && !math.IsNaN(v) }

func checkMask(s task.Shape) error {
	if len(s.Points) > 0 || s.Radius != 0 {
		return fmt.Errorf("a mask has no points and no radius")
	}
	if s.Width < 1 || s.Height < 1 || s.Width > MaxMaskSide || s.Height > MaxMaskSide {
		return fmt.Errorf("a mask of %d x %d cells; each side has 1 to %d", s.Width, s.Height, MaxMaskSide)
	}
	left := s.Width * s.Height
	for i, n := range s.Runs {
		if n < 0 || n > left {
			return fmt.Errorf("run %d of the mask has %d cells where %d are left of %d x %d", i+1, n, left, s.Width, s.Height)
		}
		left -= n
	}
	if left != 0 {
		return fmt.Errorf("the runs of the mask leave %d of %d x %d cells open", left, s.Width, s.Height)
	}
	return nil
}
