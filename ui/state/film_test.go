package state

import (
	"fmt"
	"image"
	"math"
	"reflect"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"seewhy/analysis/task"
	"seewhy/ui/session"
)

// strip has seven pictures: A is a cat called dog, the rest are files.
func strip(t *testing.T) *desk {
	d := opened(t)
	d.send(FilesSorted{Images: []string{"/p/img10.png", "/p/img9.png", "/p/IMG1.png", "/p/bad.png", "/p/new.png"}})
	at := func(i int) ItemID { return d.Items[i].ID }
	label := func(i int, class string, p float64) ItemLabelled {
		return ItemLabelled{Item: at(i), Asked: d.Film.asked, Model: "sha-m", Top: task.Score{Label: class, Probability: p}}
	}
	d.send(StripMade{
		Thumbs: []ThumbMade{{Item: at(5), Err: "the file is empty"}},
		Labels: []ItemLabelled{label(0, "dog", .7), label(1, "cat", .4), label(2, "car", .9), label(3, "cat", .95), label(4, "dog", .3)},
	})
	d.send(ItemPicked{Item: at(3)})
	d.send(ItemMarked{Mark: session.Starred})
	d.send(ItemNoted{Item: at(3), Note: "seen at Night"})
	d.send(ItemPicked{Item: at(4)})
	d.send(ItemMarked{Mark: session.Rejected})
	return d
}

func (d *desk) names() string {
	var out []string
	for i := range d.FilmLen() {
		out = append(out, strings.TrimSuffix(d.FilmItem(i).Name, ".png"))
	}
	return strings.Join(out, " ")
}

func TestFilmstripIsFilteredAndSorted(t *testing.T) {
	d := strip(t)
	for _, c := range []struct {
		filter Filter
		want   string
	}{
		{Filter{}, "A B img10 img9 IMG1 bad new"},
		{Filter{Text: "IMG"}, "img10 img9 IMG1"},
		{Filter{Text: "img night"}, "img9"},
		{Filter{Text: "cat"}, "B img9"},
		{Filter{Text: "nothing of that"}, ""},
		{Filter{Mark: session.Starred}, "img9"},
		{Filter{Mark: session.Rejected}, "IMG1"},
		{Filter{Mark: session.Unmarked}, "A B img10 bad new"},
		{Filter{Class: "dog"}, "A IMG1"},
		{Filter{Low: .5}, "A img10 img9"},
		{Filter{Low: .4, High: .9}, "A B img10"},
		{Filter{High: .35}, "IMG1"},
		{Filter{Warning: session.Wrong}, "A"},
		{Filter{Warning: session.Unsure}, "B IMG1"},
		{Filter{Warning: session.Unreadable}, "bad"},
		{Filter{Warning: session.Warned}, ""},
		{Filter{Sort: session.ByName}, "A B bad IMG1 img9 img10 new"},
		{Filter{Sort: session.ByName, Descending: true}, "new img10 img9 IMG1 bad B A"},
		{Filter{Descending: true}, "new bad IMG1 img9 img10 B A"},
		{Filter{Sort: session.ByClass}, "img10 B img9 A IMG1 bad new"},
		{Filter{Sort: session.ByConfidence}, "IMG1 B A img10 img9 bad new"},
		{Filter{Sort: session.ByConfidence, Descending: true}, "img9 img10 A B IMG1 bad new"},
		{Filter{Sort: session.ByMark}, "img9 A B img10 bad new IMG1"},
		{Filter{Mark: session.Unmarked, Class: "cat", Sort: session.ByName}, "B"},
	} {
		d.send(FilterSet{Filter: c.filter})
		if got := d.names(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.filter, got, c.want)
		}
	}
	d.send(FilterSet{Filter: Filter{Class: "dog", Sort: session.ByName}})
	d.send(FilterCleared{})
	if got := d.Film.Filter; got != (Filter{Sort: session.ByName}) || d.FilmLen() != 7 {
		t.Errorf("cleared to %+v with %d pictures", got, d.FilmLen())
	}
	if got := d.FilmClasses(); !reflect.DeepEqual(got, []FilmClass{{"cat", 2}, {"dog", 2}, {"car", 1}}) {
		t.Errorf("classes %v", got)
	}
}

// What is filtered may change under the filter: the strip follows, and walking
// goes on from the place where the current picture stood.
func TestFilmstripFollowsWhatChanges(t *testing.T) {
	d := strip(t)
	d.send(FilterSet{Filter: Filter{Mark: session.Unmarked}})
	d.send(ItemPicked{Item: d.Items[2].ID})
	d.send(ItemMarked{Mark: session.Starred})
	if got := d.names(); got != "A B bad new" || d.FilmPlace(d.Current) != -1 {
		t.Errorf("%q", got)
	}
	d.send(ItemStepped{By: 1})
	if it, _ := d.Item(d.Current); it.Name != "bad.png" {
		t.Errorf("went on to %s", it.Name)
	}
	d.send(ItemPicked{Item: d.Items[2].ID})
	d.send(ItemStepped{By: -1})
	if it, _ := d.Item(d.Current); it.Name != "B" {
		t.Errorf("went back to %s", it.Name)
	}
	d.send(FilterSet{Filter: Filter{Warning: session.Warned}})
	r := task.Result{Notes: []task.Note{{Key: "diffuse", Warning: true}}}
	d.send(ItemPicked{Item: d.Items[0].ID})
	open := must[OpenPhoto](d)
	d.send(PhotoOpened{Job: open.Job, Item: open.Item, Info: picture("a2")})
	e := must[Explain](d)
	r.Task = e.Task
	d.send(Explained{Job: e.Job, Result: r})
	if got := d.names(); got != "A" {
		t.Errorf("with warnings: %q", got)
	}
}

func TestFilterIsKeptWithTheSession(t *testing.T) {
	d := strip(t)
	f := Filter{Text: "img", Sort: session.ByName, Descending: true}
	d.send(FilterSet{Filter: f})
	s, ok := d.State.Session()
	if !ok || s.Filter != f {
		t.Fatalf("kept %+v", s.Filter)
	}
	d = started(t, Options{}, EngineReady{Session: &s})
	if got := d.names(); got != "img10 img9 IMG1" || d.Film.Filter != f {
		t.Errorf("came back as %q", got)
	}
	d.serve()
	d.send(SessionCleared{})
	if d.Film.Filter != (Filter{}) {
		t.Error("closing all keeps the filter")
	}
}

func TestEveryPictureIsAskedWhereTheFilterNeedsIt(t *testing.T) {
	d := strip(t)
	d.send(FilterSet{Filter: Filter{Text: "img"}})
	without[Survey](d)
	d.send(FilterSet{Filter: Filter{Class: "dog"}})
	s := must[Survey](d)
	if len(s.Wanted) != 1 || s.Wanted[0].Ref != "/p/new.png" || s.Wanted[0].Thumb || s.Task.Model.SHA256 != "sha-m" {
		t.Fatalf("%+v", s)
	}
	if known, all, on := d.Surveying(); known != 6 || all != 7 || !on {
		t.Errorf("%d of %d known, %v", known, all, on)
	}
	d.send(StripMade{Labels: []ItemLabelled{{Item: d.Items[6].ID, Asked: d.Film.asked, Model: "sha-m", Top: task.Score{Label: "dog", Probability: .8}}}})
	if known, _, on := d.Surveying(); known != 7 || on || d.names() != "A IMG1 new" {
		t.Errorf("%d known, %v, %q", known, on, d.names())
	}
	without[Survey](d)
	d.send(FilesSorted{Images: []string{"/p/later.png"}})
	if s := must[Survey](d); len(s.Wanted) != 1 {
		t.Errorf("%+v", s.Wanted)
	}
	d.send(FilterSet{})
	if s := must[Survey](d); len(s.Wanted) != 0 {
		t.Errorf("goes on with %+v", s.Wanted)
	}
}

// added is a strip of n pictures beside the gallery's.
func added(t *testing.T, n int) *desk {
	d := opened(t)
	paths := make([]string, n)
	for i := range paths {
		paths[i] = fmt.Sprintf("/pictures/of a long journey/%05d.jpg", i*7919%n)
	}
	d.send(FilesSorted{Images: paths})
	return d
}

// processor is how long this process has computed, whatever else the machine does.
func processor(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// costOfAdding is the least that it takes, of five times, to add n pictures.
func costOfAdding(t *testing.T, n int) time.Duration {
	least := time.Duration(math.MaxInt64)
	for range 5 {
		begin := processor(t)
		added(t, n)
		least = min(least, processor(t)-begin)
	}
	return least
}

// allAnswered adds n pictures, asks for all of their answers, and lets these
// come in batches of 50. It tells what the batches cost.
func allAnswered(t *testing.T, n int) (d *desk, batches time.Duration) {
	d = added(t, n)
	d.send(ItemsVisible{First: 0, Last: 12})
	d.send(FilterSet{Filter: Filter{Text: "jpg", Low: .1, Sort: session.ByConfidence}})
	s := must[Survey](d)
	thumb := image.NewRGBA(image.Rect(0, 0, 1, 1))
	begin := processor(t)
	for at := 0; at < len(s.Wanted); at += 50 {
		m := StripMade{}
		for i, w := range s.Wanted[at:min(at+50, len(s.Wanted))] {
			m.Thumbs = append(m.Thumbs, ThumbMade{Item: w.Item, Thumb: thumb, SHA256: "x"})
			m.Labels = append(m.Labels, ItemLabelled{Item: w.Item, Asked: w.Asked, Model: "sha-m", Top: task.Score{Label: "cat", Probability: float64((at+i)%997+1) / 1000}})
		}
		d.State, _ = Update(d.State, m)
	}
	return d, processor(t) - begin
}

// Nothing that arrives for ten thousand pictures may cost the square of them:
// each batch is one copy, and a filter that asks for the answers is worked out
// once a batch. Four times the pictures are four times the batches, each four
// times as long: with a square inside each it would be 64 times. They are added
// at once, so that a square there would be 16 times.
func TestTenThousandPicturesStayFast(t *testing.T) {
	// The collector works when it likes to.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	adding, fewerAdding := costOfAdding(t, 10_000), 4*costOfAdding(t, 2500)
	d, batches := allAnswered(t, 10_000)
	if known, total, on := d.Surveying(); known != total || on {
		t.Errorf("%d of %d known", known, total)
	}
	if n := d.FilmLen(); n != 8980 {
		t.Errorf("%d pictures are shown", n)
	}
	_, again := allAnswered(t, 10_000)
	batches = min(batches, again)
	quarter := time.Duration(math.MaxInt64)
	for range 4 {
		_, b := allAnswered(t, 2500)
		quarter = min(quarter, b)
	}
	fewerBatches := 4 * quarter
	t.Logf("adding %v, 4 quarters %v; batches %v, of 4 quarters %v", adding, fewerAdding, batches, fewerBatches)
	if adding > 2*fewerAdding || batches > 8*fewerBatches {
		t.Errorf("adding takes %v, 4 quarters %v; batches %v, of 4 quarters %v", adding, fewerAdding, batches, fewerBatches)
	}
}
