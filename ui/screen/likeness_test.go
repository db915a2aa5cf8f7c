package screen

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// TestLikenessInTheWindow: a reference is offered where classes have no names, shown
// in the pane and under the answer, takes drops there, and its cross asks for a
// class again.
func TestLikenessInTheWindow(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	if d.answer.like.root.Visible() {
		t.Error("a model whose classes have names offers likeness at once")
	}
	d.loop.Handle(state.ModelPicked{Ref: "/m/features.onnx"})
	d.until("features", func(s state.State) bool { return heat(s) && s.Model.Info.Ref.Path == "/m/features.onnx" })
	row := d.answer.like
	if !row.open.Visible() || row.card.Visible() || !row.root.Visible() {
		t.Fatal("likeness is not offered")
	}
	middle := func(o fyne.CanvasObject) fyne.Position {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		return at.Add(fyne.NewPos(o.Size().Width/2, o.Size().Height/2))
	}
	if pane, ok := d.ReferenceAt(middle(row.root)); !ok || pane != 0 {
		t.Error("a picture cannot be dropped on the button")
	}
	if _, ok := d.ReferenceAt(middle(d.stage.panes[0].viewport)); ok {
		t.Error("the photo takes references")
	}
	other, want := d.loop.State().Items[1], "bicycle-1"
	d.loop.Handle(state.LikePicked{Ref: other.Ref})
	d.until("likeness", func(s state.State) bool { return heat(s) && s.LikeOf(0) != nil && s.Panes[0].Likeness.Image != nil })
	card := d.stage.panes[0].like
	if !row.card.Visible() || row.name.Value() != want || card.root.Hidden || card.image.Image == nil {
		t.Errorf("the reference is %q, the card hidden: %v", row.name.Value(), card.root.Hidden)
	}
	p := d.stage.panes[0]
	if p.class.Caption() != "Likeness to" || p.class.Value() != want {
		t.Errorf("the head says %q %q", p.class.Caption(), p.class.Value())
	}
	if pane, ok := d.ReferenceAt(middle(card.root)); !ok || pane != 0 {
		t.Error("a picture cannot be dropped on the card")
	}
	if slices.ContainsFunc(classRows(d.loop.State(), d.answer.last), func(c widget.Class) bool { return c.Chosen }) {
		t.Error("a class stands as the one explained")
	}
	test.Tap(row.drop)
	d.until("a class", func(s state.State) bool { return heat(s) && s.LikeOf(0) == nil })
	if !card.root.Hidden || p.class.Caption() != "Auto class" {
		t.Errorf("the card is there still, and the head says %q", p.class.Caption())
	}
}

// TestBoxesInTheWindow: a detector's boxes are listed and marked; a line takes one.
func TestBoxesInTheWindow(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{Model: "/m/boxes.onnx"})
	d.until("boxes", func(s state.State) bool { return heat(s) && s.Marks.Image != nil })
	f := d.answer.found
	if f.root.Hidden || f.title.Text() != "BOXES (7)" {
		t.Fatalf("the list is hidden: %v, its title %q", f.root.Hidden, f.title.Text())
	}
	usual := f.list.Size().Height
	d.window.Resize(fyne.NewSize(1000, 560))
	if low, list, foot := f.list.Size().Height, d.answer.list, d.answer.foot; low >= usual || list.Position().Y+list.Size().Height > foot.Position().Y {
		t.Errorf("in a low window the boxes are %.0f high (%.0f before), and the classes end at %.0f, under the foot at %.0f", low, usual, list.Position().Y+list.Size().Height, foot.Position().Y)
	}
	d.window.Resize(fyne.NewSize(1280, 772))
	if got := f.list.Size().Height; got != usual {
		t.Errorf("with room again the boxes are %.0f high, not %.0f", got, usual)
	}
	f.list.OnPicked(3)
	d.until("the fourth", func(s state.State) bool { return heat(s) && s.Boxes(0)[3].Asked })
	test.Tap(f.eye)
	d.until("no marks", func(s state.State) bool { return s.Marks.Image == nil })
	// A press takes a box no more: none is seen.
	if d.stage.panes[0].viewport.OnPress != nil {
		t.Error("boxes that are hidden can be pressed")
	}
	d.loop.Handle(state.ModelPicked{Ref: "builtin:seewhy-scenes-honest"})
	d.until("a classifier", func(s state.State) bool { return heat(s) && len(s.Boxes(0)) == 0 })
	if !f.root.Hidden {
		t.Error("a classifier has boxes")
	}
}
