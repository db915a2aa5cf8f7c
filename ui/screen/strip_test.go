package screen

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"seewhy/ui/look"
	"seewhy/ui/session"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

func TestFilterBarSaysWhatIsLeftOutAndClearsIt(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	b := d.strip.bar
	if got := b.count.Text(); got != "24 pictures" || b.clear.Visible() {
		t.Errorf("%q", got)
	}
	b.search.SetText("apple")
	for _, f := range d.timers {
		f()
	}
	if got := b.count.Text(); got != "2 of 24" || !b.clear.Visible() {
		t.Errorf("%q", got)
	}
	test.Tap(b.mark)
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn} {
		// The list has no search field; it has the keyboard all the same.
		d.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
	}
	if f := d.state.Film.Filter; f.Mark == "" || f.Text != "apple" {
		t.Errorf("%+v", f)
	}
	if got := d.strip.words.Text(); got != "No picture fits the filter" {
		t.Errorf("%q", got)
	}
	test.Tap(b.clear)
	if f := d.state.Film.Filter; f != (state.Filter{}) || b.search.Text != "" || b.count.Text() != "24 pictures" {
		t.Errorf("%+v, %q, %q", f, b.search.Text, b.count.Text())
	}
	d.loop.Handle(state.FilterSet{Filter: state.Filter{Low: 0.5, High: 0.9}})
	if got := b.share.Value(); got != "50 – 90 %" {
		t.Errorf("%q", got)
	}
	d.until("every answer", func(s state.State) bool { _, _, on := s.Surveying(); return !on })
	if got := b.known.Text(); got != "" {
		t.Errorf("still %q", got)
	}
	d.shot("filtered")
}

// Answers that come in while somebody types leave the words alone.
func TestTypingIntoTheSearchIsNotOverwritten(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	b := d.strip.bar
	d.timers = nil
	b.search.SetText("app")
	d.loop.Handle(state.ItemToggled{Item: d.state.Items[3].ID})
	if b.search.Text != "app" {
		t.Fatalf("the field holds %q", b.search.Text)
	}
	b.search.SetText("apple")
	for _, f := range d.timers {
		f()
	}
	if got := d.state.Film.Filter.Text; got != "apple" || b.search.Text != "apple" {
		t.Errorf("searched for %q, the field holds %q", got, b.search.Text)
	}
	d.loop.Handle(state.FilterCleared{})
	if b.search.Text != "" {
		t.Errorf("the field holds %q after the filter was cleared", b.search.Text)
	}
}

func TestNotesAndSelectionInTheStrip(t *testing.T) {
	d := newDesk(t, look.Light, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.until("thumbnails", thumbs)
	d.EditNote()
	field, ok := d.window.Canvas().Focused().(*widget.NoteField)
	if !ok {
		t.Fatal("the note has not the keyboard")
	}
	test.Type(field, "the horizon")
	d.shot("note")
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := d.state.Items[0].Note; got != "the horizon" || d.window.Canvas().Overlays().Top() != nil {
		t.Errorf("note %q", got)
	}
	f := d.strip.frame(0)
	if !f.Noted || !strings.HasSuffix(f.Tip, "the horizon") || !strings.HasPrefix(f.Tip, "apple 1") {
		t.Errorf("%+v", f)
	}
	d.strip.film.OnExtended(3)
	if got := d.strip.bar.count.Text(); got != "24 pictures  ·  4 selected" {
		t.Errorf("%q", got)
	}
	d.loop.Handle(state.ItemMarked{Mark: session.Rejected})
	d.strip.film.OnMenu(2, fyne.NewPos(300, 700))
	d.shot("selected")
	if d.state.Items[2].Mark != session.Rejected || d.window.Canvas().Overlays().Top() == nil {
		t.Error("no mark or no menu")
	}
	if f := d.strip.frame(3); !f.Selected || f.Badge != "Rejected" {
		t.Errorf("%+v", f)
	}
}

func TestFaultsHaveAWord(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.loop.Handle(state.FilesSorted{Images: []string{"/p/broken.png"}})
	d.until("words", func(s state.State) bool { return s.Items[24].Err != "" })
	if f := d.strip.frame(24); f.Title != "unreadable" || !f.Faulty || !strings.Contains(f.Tip, "not a picture") {
		t.Errorf("%+v", f)
	}
	d.loop.Handle(state.StripMade{Thumbs: []state.ThumbMade{{Item: d.state.Items[24].ID, Err: "x", Fault: "large"}}})
	if f := d.strip.frame(24); f.Title != "too large" {
		t.Errorf("%+v", f)
	}
}

func TestWordsOfRanges(t *testing.T) {
	for f, want := range map[state.Filter]string{{}: "Any confidence", {Low: .9}: "≥ 90 %", {High: .5}: "≤ 50 %", {Low: .25, High: .5}: "25 – 50 %", {Low: .25, High: 1}: "≥ 25 %"} {
		if got := shareWords(f); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A class in the filter is told as the model of the moment tells it.
func TestFilterTellsTheClassAsTheModelDoes(t *testing.T) {
	d := newDesk(t, look.Dark, "zh-Hans", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.loop.Handle(state.FilterSet{Filter: state.Filter{Class: "mushroom"}})
	if got := d.strip.bar.class.Value(); got != "蘑菇" {
		t.Fatalf("the built-in model's class is told as %q", got)
	}
	s := d.loop.State()
	other := *s.Model.Info
	other.Ref.Path = "/models/other.onnx"
	s.Model.Info = &other
	d.Show(s)
	if got := d.strip.bar.class.Value(); got != "mushroom" {
		t.Errorf("another model's class is told as %q", got)
	}
}
