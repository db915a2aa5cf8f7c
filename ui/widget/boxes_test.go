package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestBoxes: a click reports the line, and the chosen line is in sight.
func TestBoxes(t *testing.T) {
	b := NewBoxes()
	w := test.NewTempWindow(t, b)
	all := make([]Box, 20)
	for i := range all {
		all[i] = Box{Label: "person", Percent: "50.0 %", Chosen: i == 15}
	}
	b.Set(all)
	w.Resize(fyne.NewSize(240, b.MinSize().Height))
	if h := b.MinSize().Height; h < 5*boxLine || h > 6*(boxLine+8) {
		t.Errorf("the list is %v high", h)
	}
	seen := func(i int) (out *boxRow) {
		for _, o := range test.LaidOutObjects(b) {
			if r, ok := o.(*boxRow); ok && r.Visible() && r.number == i {
				out = r
			}
		}
		return out
	}
	row := seen(15)
	if row == nil || row.digits.Text() != "16" || b.list.GetScrollOffset() < 10*boxLine {
		t.Fatalf("line 15 is %v, the list scrolled by %v", row, b.list.GetScrollOffset())
	}
	picked := -1
	b.OnPicked = func(i int) { picked = i }
	row.Tapped(nil)
	if picked != 15 {
		t.Errorf("line %d is reported", picked)
	}
	all[15].Chosen, all[0].Chosen = false, true
	b.Set(append([]Box(nil), all...))
	if b.list.GetScrollOffset() != 0 {
		t.Error("the newly chosen line is out of sight")
	}
}
