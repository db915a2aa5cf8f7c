package state

import (
	"fmt"
	"image"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// full is a picture with everything that one may have.
func full() *Item {
	box := task.Shape{Kind: task.Box, Points: []task.Point{{}, {X: 1, Y: 1}}}
	return &Item{
		ID: 3, Ref: "/a/b.png", Name: "b.png", Truth: "cat", Thumb: image.NewRGBA(image.Rect(0, 0, 1, 1)), SHA256: "aa", Mark: "starred", Note: "n",
		Edits: []task.Edit{{Shape: box, Fill: task.FillGrey}}, Regions: []task.Region{{Name: "r", Shapes: []task.Shape{box}}}, Box: []task.Shape{box},
		Warned: true, Err: "e", Fault: prep.Fault("damaged"), Label: "l", Probability: 0.5, LabelModel: "m",
	}
}

// The functions for pictures are written by hand: they do what parts says.
func TestPicturesAreComparedAndKeptAsTheirPartsSay(t *testing.T) {
	var want Item
	it := full()
	copyPart(reflect.ValueOf(&want).Elem(), reflect.ValueOf(*it), true)
	if got := keptItem(it); !reflect.DeepEqual(*got, want) {
		t.Errorf("kept: %+v\nwant  %+v", *got, want)
	}
	of := reflect.TypeFor[Item]()
	for i := range of.NumField() {
		for _, empty := range []bool{true, false} {
			other := *full()
			f := reflect.ValueOf(&other).Elem().Field(i)
			if f.IsZero() {
				t.Errorf("full lacks %s", of.Field(i).Name)
			}
			if empty {
				f.SetZero()
			} else if f.Kind() == reflect.Slice {
				f.Set(reflect.AppendSlice(f, f))
			}
			want := samePart(reflect.ValueOf(*it), reflect.ValueOf(other))
			if got := sameItem(it, &other); got != want {
				t.Errorf("%s: the same is %v, want %v", of.Field(i).Name, got, want)
			}
		}
	}
	none, nothing := full(), full()
	none.Edits, nothing.Edits = nil, []task.Edit{}
	if got, want := sameItem(none, nothing), samePart(reflect.ValueOf(*none), reflect.ValueOf(*nothing)); got != want {
		t.Errorf("no slice and an empty one: the same is %v, want %v", got, want)
	}
}

func tenThousand() *State {
	var s State
	for i := range 10_000 {
		s.Items = append(s.Items, &Item{ID: ItemID(i + 1), Ref: fmt.Sprint("/pictures/", i), Name: fmt.Sprint(i), Note: "a note"})
	}
	return &s
}

// onePass is the least that a step may cost: each picture is found by its
// number and looked at.
func onePass(items []*Item) (notes int) {
	known := make(map[ItemID]*Item, len(items))
	for _, it := range items {
		known[it.ID] = it
	}
	out := make([]*Item, len(items))
	for i, it := range items {
		if out[i] = known[it.ID]; out[i].Mark == it.Mark && out[i].Note == it.Note {
			notes++
		}
	}
	return notes
}

// TestAStepAmongTenThousandPicturesIsCheap bounds what a step costs the
// window's goroutine: the pictures that changed, and not all of them. In time it
// is a few passes over them; reflection takes dozens.
func TestAStepAmongTenThousandPicturesIsCheap(t *testing.T) {
	s := tenThousand()
	kept := documentOf(s, nil).Items
	later := *s
	later.Items = slices.Clone(s.Items)
	changed := *later.Items[5000]
	changed.Mark = "starred"
	later.Items[5000] = &changed
	fewer := *s
	fewer.Items = slices.Delete(slices.Clone(s.Items), 10, 11)
	for _, k := range []struct {
		name string
		s    *State
		most uint64
	}{{"nothing changed", s, 16 << 10}, {"one changed", &later, 128 << 10}, {"one removed", &fewer, 1 << 20}} {
		if n := testing.AllocsPerRun(5, func() { documentOf(k.s, kept) }); n > 300 {
			t.Errorf("%s: %v allocations", k.name, n)
		}
		best, plain := time.Hour, time.Hour
		var before, after runtime.MemStats
		for range 5 {
			runtime.ReadMemStats(&before)
			begin := time.Now()
			d := documentOf(k.s, kept)
			best = min(best, time.Since(begin))
			runtime.ReadMemStats(&after)
			begin = time.Now()
			notes := onePass(k.s.Items)
			plain = min(plain, time.Since(begin))
			if notes != len(k.s.Items) {
				t.Fatal(notes)
			}
			if !sameFilm(d.Items, k.s.Items) {
				t.Fatalf("%s: the document is another one", k.name)
			}
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > k.most {
			t.Errorf("%s: %d bytes, more than %d", k.name, got, k.most)
		}
		if best > 8*plain {
			t.Errorf("%s: %v, and one pass %v", k.name, best, plain)
		}
		t.Logf("%s: %v, one pass %v", k.name, best, plain)
	}
	// What was not touched is shared.
	d := documentOf(&fewer, kept)
	if d.Items[9] != kept[9] || d.Items[10] != kept[11] || d.Items[9998] != kept[9999] {
		t.Error("pictures that are still there are kept twice")
	}
}
