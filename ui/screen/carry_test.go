package screen

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"seewhy/ui/look"
	"seewhy/ui/state"
)

func TestAPaneIsDraggedOut(t *testing.T) {
	for _, c := range []struct{ theme, language, says string }{{look.Dark, "en", "Let go to save this pane"}, {look.Light, "zh-Hans", "松开即可保存此窗格"}} {
		d := filled(t, c.theme, c.language, 1280, 772, 2)
		d.loop.Handle(state.PaneActivated{Pane: 0})
		hint := d.parts[7].(*carryHint)
		g := d.stage.panes[1].grip
		from := fyne.CurrentApp().Driver().AbsolutePositionForObject(g)
		drag := func(x, y float32) {
			g.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y).Subtract(from)}})
		}
		drag(700, 300)
		if !hint.root.Visible() || hint.words.Text() == c.says {
			t.Errorf("inside it says %q", hint.words.Text())
		}
		d.shot("carried-" + c.theme)
		g.DragEnd()
		if hint.root.Visible() || len(d.asked) > 0 || d.loop.State().Active != 0 {
			t.Errorf("let go inside, it asks %v", d.asked)
		}
		for i, out := range []fyne.Position{{X: 600, Y: 690}, {X: 1300, Y: 200}, {X: 500, Y: -20}} {
			drag(700, 300)
			drag(out.X, out.Y)
			if hint.words.Text() != c.says {
				t.Errorf("at %v it says %q", out, hint.words.Text())
			}
			at, size := hint.ground.Position(), hint.ground.Size()
			if at.X < 0 || at.Y < 0 || at.X+size.Width > 1280 || at.Y+size.Height > 772 {
				t.Errorf("the hint at %v of %v lies outside of the window", at, size)
			}
			if i == 0 {
				d.shot("carried-out-" + c.theme)
			}
			g.DragEnd()
			if len(d.asked) != i+1 || d.asked[i] != AskSavePicture || d.loop.State().Active != 1 {
				t.Errorf("let go at %v, it asks %v about pane %d", out, d.asked, d.loop.State().Active)
			}
		}
		// Esc while the button is held: nothing is saved.
		d.asked = slices.Delete(d.asked, 0, len(d.asked))
		drag(600, 690)
		d.loop.Handle(state.Cancelled{})
		drag(610, 690)
		g.DragEnd()
		if len(d.asked) > 0 || hint.root.Visible() {
			t.Errorf("after Esc it asks %v", d.asked)
		}
	}
}
