package state

import (
	"testing"

	"seewhy/ui/session"
)

func (d *desk) selected() string {
	out := ""
	for _, id := range d.Marked() {
		if it, _ := d.Item(id); it != nil {
			out += it.Name[:1]
		}
	}
	return out
}

// letters is a strip of A, B and the files c to g.
func letters(t *testing.T) *desk {
	d := opened(t)
	d.send(FilesSorted{Images: []string{"/p/c.png", "/p/d.png", "/p/e.png", "/p/f.png", "/p/g.png"}})
	d.send(ItemPicked{Item: d.Items[3].ID})
	return d
}

func TestSeveralPicturesAreMarkedAtOnce(t *testing.T) {
	d := letters(t)
	if got := d.selected(); got != "d" {
		t.Errorf("marks go to %q", got)
	}
	d.send(ItemsExtended{Item: d.Items[5].ID})
	if got := d.selected(); got != "def" || d.Current != d.Items[5].ID {
		t.Errorf("selected %q", got)
	}
	// A second one begins where the first did.
	d.send(ItemsExtended{Item: d.Items[2].ID})
	if got := d.selected(); got != "cd" {
		t.Errorf("selected %q", got)
	}
	d.send(ItemsExtended{By: -1})
	if got := d.selected(); got != "Bcd" {
		t.Errorf("selected %q", got)
	}
	d.send(ItemToggled{Item: d.Items[6].ID})
	d.send(ItemToggled{Item: d.Items[2].ID})
	if got := d.selected(); got != "Bdg" {
		t.Errorf("selected %q", got)
	}
	d.send(ItemMarked{Mark: session.Starred})
	marks := func() (out string) {
		for _, it := range d.Items {
			if it.Mark == session.Starred {
				out += it.Name[:1]
			}
		}
		return out
	}
	if got := marks(); got != "Bdg" {
		t.Errorf("starred %q", got)
	}
	// Where one has no mark, all get it; where all have it, it goes.
	d.send(ItemToggled{Item: d.Items[0].ID})
	d.send(ItemMarked{Mark: session.Starred})
	if got := marks(); got != "ABdg" {
		t.Errorf("starred %q", got)
	}
	d.send(ItemMarked{Mark: session.Starred})
	if got := marks(); got != "" {
		t.Errorf("starred %q", got)
	}
	d.send(ItemStepped{By: 1})
	if d.Selected != nil {
		t.Error("walking keeps the selection")
	}
	d.send(AllSelected{})
	if got := d.selected(); got != "ABcdefg" {
		t.Errorf("selected %q", got)
	}
	d.finishAll()
	d.send(Cancelled{})
	if len(d.Selected) != 0 {
		t.Error("Esc keeps the selection")
	}
}

// finishAll ends what runs.
func (d *desk) finishAll() {
	for i := range d.Panes {
		d.Panes[i].Job = 0
	}
	d.Model.Job, d.Export = 0, 0
}

func TestPicturesAreTakenFromTheStrip(t *testing.T) {
	d := letters(t)
	d.send(ItemsRemoved{})
	if got := d.names(); got != "A B c e f g" || must[OpenPhoto](d).Ref != "/p/e.png" {
		t.Errorf("left %q", got)
	}
	if d.Toast.Text != "d.png was taken from the filmstrip; its file stays." {
		t.Errorf("said %q", d.Toast.Text)
	}
	// Under a filter, the nearest that is shown comes next.
	d.send(FilterSet{Filter: Filter{Text: "png", Descending: true}})
	d.send(ItemPicked{Item: d.Items[5].ID})
	d.send(ItemsExtended{Item: d.Items[4].ID})
	d.send(ItemsRemoved{})
	if got := d.names(); got != "e c" || must[OpenPhoto](d).Ref != "/p/e.png" {
		t.Errorf("left %q", got)
	}
	d.send(FilterCleared{})
	d.send(AllSelected{})
	d.send(ItemsRemoved{})
	if len(d.Items) != 0 || d.Current != 0 || d.Photo.Info != nil || d.Panes[0].Result != nil {
		t.Errorf("%d pictures left, current %d", len(d.Items), d.Current)
	}
	d.send(ItemsRemoved{})
	d.send(ItemStepped{By: 1})
	d.send(ItemsExtended{By: 1})
	d.send(FilesSorted{Images: []string{"/p/h.png"}})
	if must[OpenPhoto](d).Ref != "/p/h.png" {
		t.Error("a new picture is not shown")
	}
}

// From a picture that the filter leaves out, the selection goes to those that
// stand beside its place.
func TestSelectionBesideAPictureThatIsLeftOut(t *testing.T) {
	for _, c := range []struct {
		what string
		send func(d *desk)
		want string
	}{
		{"right", func(d *desk) { d.send(ItemsExtended{By: 1}) }, "f"},
		{"left", func(d *desk) { d.send(ItemsExtended{By: -1}) }, "d"},
		{"two right", func(d *desk) { d.send(ItemsExtended{By: 2}) }, "fg"},
		{"to the last", func(d *desk) { d.send(ItemsExtended{Item: d.Items[6].ID}) }, "fg"},
		{"to the first", func(d *desk) { d.send(ItemsExtended{Item: d.Items[2].ID}) }, "cd"},
	} {
		d := letters(t)
		d.send(ItemPicked{Item: d.Items[4].ID})
		d.send(ItemMarked{Mark: session.Rejected})
		d.send(FilterSet{Filter: Filter{Mark: session.Unmarked}})
		if d.FilmPlace(d.Current) >= 0 || d.FilmLen() != 6 {
			t.Fatalf("the current picture stands at %d of %d", d.FilmPlace(d.Current), d.FilmLen())
		}
		c.send(d)
		if got := d.selected(); got != c.want {
			t.Errorf("%s selects %q, want %q", c.what, got, c.want)
		}
	}
}
