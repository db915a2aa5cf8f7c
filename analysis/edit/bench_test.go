package edit

import (
	"testing"

	"seewhy/analysis/task"
)

// Holes in a photograph of 12 million pixels: a dab, a stroke across it, and
// all but its rim.
func BenchmarkInpaint(b *testing.B) {
	src := ramp(4000, 3000)
	stroke := task.Shape{Kind: task.Brush, Radius: 0.03, Points: []task.Point{{X: 0.1, Y: 0.2}, {X: 0.8, Y: 0.8}}}
	for name, s := range map[string]task.Shape{"dab": {Kind: task.Brush, Radius: 0.03, Points: stroke.Points[:1]}, "stroke": stroke, "all": box(0.01, 0.01, 0.99, 0.99)} {
		b.Run(name, func(b *testing.B) {
			c := New(src)
			for b.Loop() {
				if _, err := c.Update(b.Context(), nil); err != nil {
					b.Fatal(err)
				}
				if _, err := c.Update(b.Context(), []task.Edit{{Shape: s, Fill: task.FillInpaint}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
