package widget

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"seewhy/ui/look"
	"seewhy/ui/view"
)

func TestMain(m *testing.M) {
	test.NewApp().Settings().SetTheme(look.New(look.Dark))
	os.Exit(m.Run())
}

// window shows an object in Fyne's test driver.
func window(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	win := test.NewTempWindow(t, o)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

func filled(w, h int, c color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	return img
}

func at(win fyne.Window, x, y int) color.RGBA {
	return color.RGBAModel.Convert(win.Canvas().Capture().At(x, y)).(color.RGBA)
}

func close3(a, b color.RGBA, within int) bool {
	d := func(x, y uint8) bool { return max(int(x)-int(y), int(y)-int(x)) <= within }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B)
}

var (
	green = color.RGBA{0, 200, 0, 255}
	red   = color.RGBA{250, 0, 0, 255}
)

func TestViewportBlendsByAlphaAlone(t *testing.T) {
	v := NewViewport()
	win := window(t, v, 224, 124)
	v.SetPhoto([]image.Image{filled(200, 100, green)}, 200, 100)
	heat := image.NewRGBA(image.Rect(0, 0, 200, 100))
	for y := range 100 {
		for x := 100; x < 200; x++ {
			heat.Set(x, y, red)
		}
	}
	v.SetOverlay(heat, false)
	for _, alpha := range []float64{0, 0.25, 0.5, 1} {
		uploads := v.heat.Image
		v.SetAlpha(alpha)
		want := color.RGBA{uint8(250 * alpha), uint8(200 * (1 - alpha)), 0, 255}
		// The software painter rounds translucency to 8 bits twice.
		if got := at(win, 162, 62); !close3(got, want, 3) {
			t.Errorf("alpha %v: heat is %v, want %v", alpha, got, want)
		}
		if got := at(win, 62, 62); !close3(got, green, 1) {
			t.Errorf("alpha %v: where the map is transparent the photo is %v", alpha, got)
		}
		if v.heat.Image != uploads {
			t.Error("alpha replaced the texture")
		}
	}
	v.SetOverlay(nil, false)
	if got := at(win, 162, 62); got != green {
		t.Errorf("without a map: %v", got)
	}
}

func TestViewportChoosesTheLevel(t *testing.T) {
	v := NewViewport()
	window(t, v, 424, 424)
	levels := []image.Image{filled(1600, 1600, red), filled(800, 800, red), filled(400, 400, red)}
	v.SetPhoto(levels, 1600, 1600)
	if v.base.Image != levels[2] {
		t.Errorf("fitted into 400: %v", v.base.Image.Bounds())
	}
	port := v.Port()
	v.SetView(view.View{Fit: true}.Zoomed(1.6, 212, 212, port))
	if v.base.Image != levels[1] {
		t.Errorf("at 640: %v", v.base.Image.Bounds())
	}
	v.SetView(view.View{Fit: true}.Zoomed(100, 212, 212, port))
	if v.base.Image != levels[0] || v.base.ScaleMode != canvas.ImageScalePixels {
		t.Errorf("far in: %v, mode %v", v.base.Image.Bounds(), v.base.ScaleMode)
	}
	if v.base.Position() != v.over.Position().Add(v.heat.Position()) || v.base.Size() != v.heat.Size() {
		t.Error("photo and map do not lie on each other")
	}
}

func TestViewportReports(t *testing.T) {
	v := NewViewport()
	window(t, v, 224, 124)
	v.SetPhoto([]image.Image{filled(200, 100, green)}, 200, 100)
	var got []string
	v.OnZoom = func(f, x, y float64, p view.Port) {
		if f <= 1 || x != 30 || y != 40 || p.PhotoW != 200 || p.Width != 224 {
			t.Errorf("zoom %v %v %v %+v", f, x, y, p)
		}
		got = append(got, "zoom")
	}
	v.OnPan = func(dx, dy float64, _ view.Port) {
		if dx != 5 || dy != -3 {
			t.Errorf("pan %v %v", dx, dy)
		}
		got = append(got, "pan")
	}
	v.OnFit = func() { got = append(got, "fit") }
	v.OnActivate = func() { got = append(got, "activate") }
	v.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(30, 40)}, Scrolled: fyne.NewDelta(0, 10)})
	v.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(5, -3)})
	v.DoubleTapped(nil)
	v.MouseDown(nil)
	if !reflect.DeepEqual(got, []string{"zoom", "pan", "fit", "activate"}) {
		t.Errorf("%v", got)
	}
}

func mouse(x, y float32) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}}
}

// The photo of 200 x 100 lies at 12, 12 in a viewport of 224 x 124.
func TestViewportTellsWhereTheMouseIs(t *testing.T) {
	v := NewViewport()
	win := window(t, v, 224, 124)
	v.SetPhoto([]image.Image{filled(200, 100, green)}, 200, 100)
	type told struct {
		x, y float64
		on   bool
	}
	var got []told
	v.OnPoint = func(x, y float64, on bool) { got = append(got, told{x, y, on}) }
	v.MouseIn(mouse(62, 87))
	v.MouseMoved(mouse(5, 62))
	v.MouseOut()
	if !reflect.DeepEqual(got, []told{{.25, .75, true}, {-.035, .5, false}, {}}) {
		t.Errorf("%v", got)
	}
	v.SetCross(.25, .75, true)
	if c := at(win, 62, 30); c == green {
		t.Error("no line through the point")
	}
	if c := at(win, 150, 87); c == green {
		t.Error("no line across the point")
	}
	v.SetCross(0, 0, false)
	if c := at(win, 62, 30); c != green {
		t.Errorf("a line stays: %v", c)
	}
}

func TestViewportPansWithoutAButton(t *testing.T) {
	v := NewViewport()
	window(t, v, 224, 124)
	v.SetPhoto([]image.Image{filled(200, 100, green)}, 200, 100)
	var dx, dy float64
	v.OnPan = func(x, y float64, _ view.Port) { dx, dy = dx+x, dy+y }
	v.MouseIn(mouse(10, 10))
	v.MouseMoved(mouse(20, 20))
	if dx != 0 || v.Cursor() != desktop.CrosshairCursor {
		t.Error("the photo moves without the key")
	}
	v.SetPanning(true)
	v.MouseMoved(mouse(25, 17))
	v.MouseMoved(mouse(27, 17))
	if dx != 7 || dy != -3 || v.Cursor() != desktop.PointerCursor {
		t.Errorf("moved by %v, %v", dx, dy)
	}
}

func TestViewportReportsClicksButNotDrags(t *testing.T) {
	v := NewViewport()
	win := window(t, v, 224, 124)
	v.SetPhoto([]image.Image{filled(200, 100, green)}, 200, 100)
	v.MouseDown(mouse(62, 62))
	v.MouseUp(mouse(62, 62))
	var got [][2]float64
	v.OnPress = func(x, y float64) { got = append(got, [2]float64{x, y}) }
	v.MouseDown(mouse(62, 62))
	v.MouseUp(mouse(62, 62))
	v.MouseDown(mouse(62, 62))
	v.Dragged(&fyne.DragEvent{})
	v.MouseUp(mouse(90, 62))
	v.MouseDown(mouse(5, 5))
	v.MouseUp(mouse(5, 5))
	if !reflect.DeepEqual(got, [][2]float64{{.25, .5}}) {
		t.Errorf("%v", got)
	}
	v.SetLines(filled(20, 10, red))
	if c := at(win, 62, 62); c != red {
		t.Errorf("lines are %v", c)
	}
	v.SetLines(nil)
	if c := at(win, 62, 62); c != green {
		t.Errorf("without lines %v", c)
	}
}

func TestWaterfallDraws(t *testing.T) {
	w := NewWaterfall()
	win := window(t, w, 240, 70)
	picked := []int{}
	w.OnPicked = func(id int) { picked = append(picked, id) }
	w.Set([]Bar{{ID: -1, Label: "off", To: 1, Sum: true}, {ID: 4, From: 1, To: 3}, {ID: 5, From: 3, To: 2}})
	test.Tap(w.rows[0])
	test.Tap(w.rows[2])
	if !reflect.DeepEqual(picked, []int{5}) {
		t.Errorf("%v", picked)
	}
	// 98 units of room from 76 on stand for 0 to 3.
	accent, down := color.RGBAModel.Convert(look.Color(look.Accent)).(color.RGBA), color.RGBAModel.Convert(look.Color(look.Error)).(color.RGBA)
	if c := at(win, 150, 31); !close3(c, accent, 3) {
		t.Errorf("a step up is %v", c)
	}
	if c := at(win, 158, 52); !close3(c, down, 3) {
		t.Errorf("a step down is %v", c)
	}
	if c := at(win, 90, 31); close3(c, accent, 30) {
		t.Error("a step begins at nothing")
	}
	w.Set([]Bar{{ID: 1, To: 1}})
	if w.rows[1].Visible() || w.HeightFor(0) != barHeight {
		t.Error("old lines stay")
	}
}

func TestBeforeAfterLine(t *testing.T) {
	v := NewViewport()
	win := window(t, v, 224, 124)
	v.SetPhoto([]image.Image{filled(200, 100, green)}, 200, 100)
	v.SetOverlay(filled(200, 100, red), false)
	v.SetAlpha(1)
	v.SetWipe(.5)
	if l, r := at(win, 90, 62), at(win, 130, 62); l != green || !close3(r, red, 1) {
		t.Errorf("left %v, right %v", l, r)
	}
	var wiped, panned []float64
	v.OnWipe = func(at float64) { wiped = append(wiped, at) }
	v.OnPan = func(dx, _ float64, _ view.Port) { panned = append(panned, dx) }
	v.MouseDown(mouse(110, 50))
	v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(162, 50)}})
	v.DragEnd()
	v.MouseDown(mouse(40, 50))
	v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(50, 50)}, Dragged: fyne.NewDelta(10, 0)})
	if !reflect.DeepEqual(wiped, []float64{.75}) || !reflect.DeepEqual(panned, []float64{10}) {
		t.Errorf("wiped to %v, panned by %v", wiped, panned)
	}
	v.SetWipe(-1)
	if l := at(win, 90, 62); !close3(l, red, 1) {
		t.Errorf("without the line the left is %v", l)
	}
}

func TestFaderReportsAndDoesNotMoveByItself(t *testing.T) {
	var got []float64
	f := NewFader(func(v float64) { got = append(got, v) })
	window(t, f, 112, 22)
	f.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(56, 11)}})
	f.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(500, 11)}})
	f.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(-9, 11)}})
	if !reflect.DeepEqual(got, []float64{0.5, 1, 0}) {
		t.Errorf("%v", got)
	}
	if f.value != 0 || f.knob.Position().X != 0 {
		t.Error("the fader moved before it was told to")
	}
	f.SetValue(1)
	if f.knob.Position().X != 100 {
		t.Errorf("knob at %v", f.knob.Position())
	}
}

func TestFilmstripMakesOnlyWhatIsSeen(t *testing.T) {
	f := NewFilmstrip()
	var seen [2]int
	asked := map[int]bool{}
	f.OnVisible = func(a, b int) { seen = [2]int{a, b} }
	window(t, f, 1000, 108)
	f.Set(10_000, func(i int) Frame { asked[i] = true; return Frame{Title: "x"} }, 0)
	if len(f.cells) > 11 || len(asked) > 11 {
		t.Errorf("%d cells, %d asked for", len(f.cells), len(asked))
	}
	f.Set(10_000, func(i int) Frame { asked[i] = true; return Frame{} }, 5000)
	if seen[0] > 5000 || seen[1] <= 5000 {
		t.Errorf("the current frame is not among %v", seen)
	}
	if len(asked) > 40 {
		t.Errorf("%d frames were asked for", len(asked))
	}
	f.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -1e9)})
	if seen[1] != 10_000 {
		t.Errorf("the end is not reached: %v", seen)
	}
	picked := -1
	f.OnPicked = func(i int) { picked = i }
	f.cells[seen[0]%len(f.cells)].Tapped(nil)
	if picked != seen[0] {
		t.Errorf("picked %d, want %d", picked, seen[0])
	}
}

// The bar is taken hold of where it is, and a click beside it goes there.
func TestFilmstripBarIsDragged(t *testing.T) {
	f := NewFilmstrip()
	var seen [2]int
	f.OnVisible = func(a, b int) { seen = [2]int{a, b} }
	window(t, f, 1000, 108)
	f.Set(10_000, func(int) Frame { return Frame{} }, 0)
	drag := func(x, y, dx float32) {
		f.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x+dx, y)}, Dragged: fyne.NewDelta(dx, 0)})
	}
	drag(20, 104, 471)
	if seen[0] < 4900 || seen[1] > 5100 {
		t.Errorf("half way along, frames %v are seen", seen)
	}
	drag(491, 104, 2000)
	if seen[1] != 10_000 {
		t.Errorf("at the end, frames %v are seen", seen)
	}
	f.DragEnd()
	// On the frames, a drag moves them with the pointer.
	drag(500, 50, 220)
	f.DragEnd()
	if seen[1] != 9998 && seen[1] != 9999 {
		t.Errorf("moved by two frames, %v are seen", seen)
	}
	f.Tapped(&fyne.PointEvent{Position: fyne.NewPos(500, 104)})
	if seen[0] < 4900 || seen[1] > 5100 {
		t.Errorf("a click in the middle shows %v", seen)
	}
}

// Frames that stay on the screen keep their objects, so that scrolling makes
// no new textures for them.
func TestFilmstripKeepsObjectsWhileItMoves(t *testing.T) {
	f := NewFilmstrip()
	window(t, f, 1000, 108)
	f.Set(1000, func(i int) Frame { return Frame{Title: fmt.Sprint(i)} }, 0)
	f.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -1000)})
	i := f.first + 4
	before := f.Frame(i)
	f.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -90)})
	if f.Frame(i) != before || before.(*cell).frame.Title != fmt.Sprint(i) || f.first == i-4 {
		t.Errorf("frame %d has another object after the strip has moved to %d", i, f.first)
	}
	if f.Frame(f.first-1) != nil || f.Frame(f.last) != nil {
		t.Error("frames off the screen have objects")
	}
}

// Events that pile up are one arrangement of the frames, at the last place.
func TestFilmstripArrangesOnceForManyEvents(t *testing.T) {
	var timers []func()
	f := NewFilmstrip()
	f.SetTips(NewTips(func(_ time.Duration, do func()) { timers = append(timers, do) }))
	window(t, f, 1000, 108)
	asked := 0
	f.Set(10_000, func(int) Frame { asked++; return Frame{} }, 0)
	asked = 0
	f.arranged = time.Now().Add(time.Hour)
	for range 100 {
		f.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -100)})
	}
	if asked != 0 || len(timers) != 1 {
		t.Fatalf("%d frames asked for, %d waits", asked, len(timers))
	}
	timers[0]()
	if want := 30_000 / (frameWidth + frameGap); f.first < want-1 || f.first > want || asked > 12 {
		t.Errorf("at frame %d, want %d; %d frames asked for", f.first, want, asked)
	}
}

func TestFilmstripTellsHeldKeysAndOtherButton(t *testing.T) {
	f := NewFilmstrip()
	said := ""
	f.OnPicked = func(i int) { said = fmt.Sprint("picked ", i) }
	f.OnExtended = func(i int) { said = fmt.Sprint("extended ", i) }
	f.OnToggled = func(i int) { said = fmt.Sprint("toggled ", i) }
	f.OnMenu = func(i int, _ fyne.Position) { said = fmt.Sprint("menu ", i) }
	window(t, f, 1000, 108)
	f.Set(10, func(int) Frame { return Frame{} }, 0)
	c := f.Frame(3).(*cell)
	for held, want := range map[fyne.KeyModifier]string{0: "picked 3", fyne.KeyModifierShift: "extended 3", fyne.KeyModifierShortcutDefault: "toggled 3"} {
		c.MouseDown(&desktop.MouseEvent{Modifier: held})
		c.Tapped(&fyne.PointEvent{})
		if said != want {
			t.Errorf("%q, want %q", said, want)
		}
	}
	c.TappedSecondary(&fyne.PointEvent{})
	if said != "menu 3" {
		t.Errorf("%q", said)
	}
}

func TestNoteFieldEndsAndGoesBack(t *testing.T) {
	f := NewNoteField("before")
	closed, text := 0, ""
	f.OnClosed = func() { closed++ }
	f.OnWritten = func(s string) { text = s }
	window(t, f, 300, 90)
	test.Type(f, "!")
	if text != "before!" {
		t.Errorf("written %q", text)
	}
	f.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	f.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	if closed != 0 || !strings.Contains(f.Text, "\n") {
		t.Errorf("Shift+Enter: closed %d times, %q", closed, f.Text)
	}
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if closed != 1 {
		t.Error("Enter does not end")
	}
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if closed != 2 || f.Text != "before" {
		t.Errorf("Esc leaves %q", f.Text)
	}
}

func TestChoicesSearchAndKeys(t *testing.T) {
	var picked string
	c := NewChoices([]Choice{
		{Header: true, Title: "Animals"},
		{ID: "cat", Title: "Cat"},
		{ID: "dog", Title: "Dog", Why: "asleep"},
		{ID: "cow", Title: "Brown cow", Detail: "large"},
		{Header: true, Title: "Cars"},
		{ID: "car", Title: "Car"},
	}, "Find", func(int) string { return "" })
	c.OnPicked = func(id string) { picked = id }
	window(t, c, 300, 300)
	if len(c.rows) != 4 || len(c.list.Objects) != 6 {
		t.Errorf("%d rows, %d lines", len(c.rows), len(c.list.Objects))
	}
	c.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	c.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	c.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if picked != "cow" {
		t.Errorf("picked %q; what cannot be picked is passed over", picked)
	}
	c.search.SetText("LARGE co")
	if len(c.rows) != 1 || len(c.list.Objects) != 2 {
		t.Errorf("%d rows, %d lines after the search", len(c.rows), len(c.list.Objects))
	}
	picked = ""
	c.search.SetText("dog")
	c.rows[0].Tapped(nil)
	c.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if picked != "" {
		t.Errorf("picked %q, which cannot be picked", picked)
	}
	closed := false
	c.OnClosed = func() { closed = true }
	c.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !closed {
		t.Error("Escape does not close")
	}
}

// A list without a search field is walked with the keys from what is chosen.
func TestChoicesWithoutSearchHaveKeys(t *testing.T) {
	var picked string
	c := NewChoices([]Choice{{ID: "a", Title: "A", Why: "asleep"}, {ID: "b", Title: "B"}, {ID: "c", Title: "C", Chosen: true}, {ID: "d", Title: "D"}, {ID: "e", Title: "E"}}, "", nil)
	c.OnPicked = func(id string) { picked = id }
	closed := 0
	c.OnClosed = func() { closed++ }
	w := window(t, c, 200, 200)
	c.ShowChosen()
	w.Canvas().Focus(c.Focus())
	for _, at := range []struct {
		keys []fyne.KeyName
		want string
	}{
		{[]fyne.KeyName{fyne.KeyReturn}, "c"},
		{[]fyne.KeyName{fyne.KeyDown, fyne.KeyReturn}, "d"},
		{[]fyne.KeyName{fyne.KeyEnd, fyne.KeyDown, fyne.KeySpace}, "e"},
		{[]fyne.KeyName{fyne.KeyHome, fyne.KeyUp, fyne.KeyEnter}, "b"},
	} {
		picked = ""
		for _, k := range at.keys {
			w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
		}
		if picked != at.want {
			t.Errorf("%v picks %q, want %q", at.keys, picked, at.want)
		}
	}
	w.Canvas().Focused().TypedRune('x')
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if closed != 1 {
		t.Errorf("Esc closes the list %d times", closed)
	}
}

// The line that Enter picks is seen, and so is the one under the mouse.
func TestChoicesShowWhereTheyAre(t *testing.T) {
	c := NewChoices([]Choice{{ID: "a", Title: "A"}, {ID: "b", Title: "B"}}, "", nil)
	w := window(t, c, 200, 100)
	plain := w.Canvas().Capture()
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	marked := w.Canvas().Capture()
	if reflect.DeepEqual(plain, marked) {
		t.Error("the line that Enter picks looks like the others")
	}
	c.rows[1].MouseIn(nil)
	if reflect.DeepEqual(marked, w.Canvas().Capture()) {
		t.Error("the line under the mouse looks like the others")
	}
}

func TestChoicesAreBounded(t *testing.T) {
	all := make([]Choice, 1000)
	told := 0
	c := NewChoices(all, "Find", func(left int) string { told = left; return "more" })
	if len(c.rows) != maxChoices || told != 1000-maxChoices {
		t.Errorf("%d rows, %d left", len(c.rows), told)
	}
}

func TestClassesSearchAndPick(t *testing.T) {
	c := NewClasses("Find", "nothing")
	window(t, c, 260, 400)
	picked := -1
	c.OnPicked = func(class int) { picked = class }
	c.Set([]Class{{Class: 7, Label: "tabby cat"}, {Class: 2, Label: "sports car"}})
	row := newClassRow()
	pinned := -1
	c.OnPinned = func(class int) { pinned = class }
	c.list.UpdateItem(1, row)
	row.Resize(fyne.NewSize(240, 33))
	row.MouseIn(nil)
	if !row.pin.Visible() {
		t.Error("no plus under the mouse")
	}
	test.TapAt(row, fyne.NewPos(230, 16))
	row.MouseOut()
	if row.pin.Visible() {
		t.Error("the plus stays")
	}
	if pinned != 2 || picked != -1 {
		t.Errorf("pinned %d, picked %d", pinned, picked)
	}
	c.search.SetText("car")
	if len(c.shown) != 1 || c.shown[0].Class != 2 {
		t.Errorf("%+v", c.shown)
	}
	c.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if picked != 2 {
		t.Errorf("picked %d", picked)
	}
	c.search.SetText("zebra")
	if !c.empty.Visible() {
		t.Error("an empty result is not told")
	}
	c.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if len(c.shown) != 2 {
		t.Error("Escape clears the search")
	}
}

func TestTextElidesAndWraps(t *testing.T) {
	text := NewText("a rather long line of words")
	window(t, text, 80, 20)
	got := text.lines[0].Text
	if !strings.HasSuffix(got, ellipsis) || text.width(got) > 80 {
		t.Errorf("%q", got)
	}
	picker := NewPicker("Layer", nil)
	picker.SetKeepEnd(true)
	if got := picker.value.elide("features.stage3.block1.relu", 80); !strings.HasPrefix(got, ellipsis) || !strings.HasSuffix(got, "relu") || strings.HasPrefix(got, ellipsis+".") || picker.value.width(got) > 80 {
		t.Errorf("%q", got)
	}
	p := NewText("one two three four five six seven eight").Wrapped(2)
	lines := p.split(90)
	if len(lines) != 2 || !strings.HasSuffix(lines[1], ellipsis) {
		t.Errorf("%q", lines)
	}
	for _, l := range p.split(60) {
		if p.width(l) > 60 {
			t.Errorf("%q is too wide", l)
		}
	}
	for width := float32(20); width < 200; width += 7 {
		for _, l := range NewText("boat 97.7 % → 97.4 % · built in · Apache").Wrapped(0).split(width) {
			if strings.HasPrefix(l, "%") || strings.HasPrefix(l, "·") {
				t.Errorf("at %v a line begins with %q", width, l)
			}
		}
	}
	if got := NewText("a\n\nb").Wrapped(0).split(100); len(got) != 3 {
		t.Errorf("%q", got)
	}
}

func TestChineseBreaksBetweenCharactersButNotBeforePunctuation(t *testing.T) {
	got := pieces("模型看到，的 RGB 画面。")
	want := []string{"模", "型", "看", "到，", "的 ", "RGB ", "画", "面。"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestButtonsAndKeys(t *testing.T) {
	taps := 0
	b := NewButton("Go", nil, Normal, func() { taps++ })
	win := window(t, b, 80, 30)
	var handed fyne.KeyName
	win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { handed = e.Name })
	test.Tap(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if taps != 2 || handed != fyne.KeyRight {
		t.Errorf("%d taps, %q handed on", taps, handed)
	}
	b.SetDisabled(true)
	test.Tap(b)
	if taps != 2 {
		t.Error("a disabled button was pressed")
	}
}

func TestColorbarLeavesOutNumbersThatTouch(t *testing.T) {
	c := NewColorbar()
	window(t, c, 100, 30)
	c.Set(filled(256, 1, red), []Mark{{0, "0.00"}, {0.1, "0.05"}, {0.5, "0.25"}, {1, "0.50"}})
	var got []string
	for _, x := range c.texts {
		got = append(got, x.Text)
	}
	if !reflect.DeepEqual(got, []string{"0.00", "0.25", "0.50"}) {
		t.Errorf("%q", got)
	}
	if last := c.texts[2]; last.Position().X+last.Size().Width > 100 {
		t.Error("the last number is cut")
	}
}

// One number is no scale: then the ends have theirs.
func TestColorbarAlwaysTellsTheScale(t *testing.T) {
	c := NewColorbar()
	window(t, c, 200, 30)
	c.SetEnds("−4.17", "4.17")
	c.Set(filled(256, 1, red), []Mark{{.5, "0"}})
	var got []string
	for _, x := range c.texts {
		got = append(got, x.Text)
	}
	if !reflect.DeepEqual(got, []string{"0", "−4.17", "4.17"}) {
		t.Errorf("%q", got)
	}
	if high := c.texts[2]; high.Position().X+high.Size().Width != 200 {
		t.Errorf("the high end's number ends at %v", high.Position().X+high.Size().Width)
	}
	c.Set(filled(256, 1, red), []Mark{{.02, "0"}})
	if len(c.texts) != 2 || c.texts[1].Text != "4.17" {
		t.Errorf("%d numbers, of which one lies on another", len(c.texts))
	}
}

func TestColorbarVeilsWhatIsLeftOut(t *testing.T) {
	c := NewColorbar()
	win := window(t, c, 100, 30)
	c.Set(filled(256, 1, red), nil)
	c.SetCut(.4, false)
	if a, b := at(win, 20, 4), at(win, 60, 4); close3(a, red, 60) || b != red {
		t.Errorf("veiled %v, open %v", a, b)
	}
	c.SetCut(.4, true)
	if a, b, d := at(win, 10, 4), at(win, 50, 4), at(win, 90, 4); a != red || close3(b, red, 60) || d != red {
		t.Errorf("signed: %v, %v, %v", a, b, d)
	}
	c.SetInline(true)
	c.SetEnds("−2", "2")
	if len(c.texts) != 2 || c.texts[0].Text != "−2" || c.texts[1].Position().X < 80 {
		t.Errorf("%d numbers", len(c.texts))
	}
}

func TestChoicesAsATree(t *testing.T) {
	c := NewChoices([]Choice{
		{Header: true, Title: "All"},
		{ID: "b1", Title: "stage1", Branch: true},
		{ID: "x", Title: "relu", Path: "stage1.relu", Depth: 1},
		{ID: "b2", Title: "block", Branch: true, Depth: 1},
		{ID: "y", Title: "conv", Path: "stage1.block.conv", Depth: 2},
		{ID: "b3", Title: "stage2", Branch: true, Open: true},
		{ID: "z", Title: "relu", Path: "stage2.relu", Depth: 1},
		{ID: "z", Title: "relu", Path: "stage2.relu", Depth: 1},
	}, "Find", nil)
	window(t, c, 300, 400)
	titles := func() (out []string) {
		for _, r := range c.rows {
			out = append(out, r.choice.Title)
		}
		return out
	}
	if got := titles(); !reflect.DeepEqual(got, []string{"stage1", "stage2", "relu", "relu"}) {
		t.Errorf("%q", got)
	}
	resized := 0
	c.OnResized = func() { resized++ }
	var picked []string
	c.OnPicked = func(id string) { picked = append(picked, id) }
	test.Tap(c.rows[0])
	if got := titles(); !reflect.DeepEqual(got, []string{"stage1", "relu", "block", "stage2", "relu", "relu"}) || resized != 1 {
		t.Errorf("%q", got)
	}
	test.Tap(c.rows[1])
	if !reflect.DeepEqual(picked, []string{"x"}) {
		t.Errorf("picked %q", picked)
	}
	// A search looks into closed branches, and finds a line once.
	c.fill("relu")
	if got := titles(); !reflect.DeepEqual(got, []string{"stage1.relu", "stage2.relu"}) {
		t.Errorf("%q", got)
	}
	c.fill("block conv")
	c.key(fyne.KeyReturn)
	if !reflect.DeepEqual(picked, []string{"x", "y"}) {
		t.Errorf("picked %q", picked)
	}
}

func TestChoicesAreTicked(t *testing.T) {
	c := NewChoices([]Choice{{ID: "auto", Title: "Auto"}, {ID: "a", Title: "a", Ticks: true}, {ID: "b", Title: "b", Ticks: true, Depth: 1}}, "Find", nil)
	window(t, c, 300, 300)
	var ticked, picked []string
	c.OnTicked = func(id string) { ticked = append(ticked, id) }
	c.OnPicked = func(id string) { picked = append(picked, id) }
	click := func(row int, x float32, m fyne.KeyModifier) {
		p := fyne.PointEvent{Position: fyne.NewPos(x, 10)}
		c.rows[row].MouseDown(&desktop.MouseEvent{PointEvent: p, Modifier: m})
		c.rows[row].MouseUp(&desktop.MouseEvent{PointEvent: p})
		c.rows[row].Tapped(&p)
	}
	click(1, 12, 0)
	click(2, 30, 0)
	click(1, 150, fyne.KeyModifierShortcutDefault)
	// Without a box, or beside it, a click picks.
	click(0, 12, 0)
	click(1, 150, 0)
	c.key(fyne.KeyDown)
	c.key(fyne.KeyDown)
	c.key(fyne.KeyInsert)
	if !reflect.DeepEqual(ticked, []string{"a", "b", "a", "a"}) || !reflect.DeepEqual(picked, []string{"auto", "a"}) {
		t.Errorf("ticked %q, picked %q", ticked, picked)
	}
	c.SetTicked([]string{"b", "auto"})
	if c.rows[0].ticked || c.rows[1].ticked || !c.rows[2].ticked {
		t.Error("the wrong boxes are ticked")
	}
	c.fill("b")
	if len(c.rows) != 1 || !c.rows[0].ticked {
		t.Error("a search forgets what is ticked")
	}
}

func TestToastLetsClicksThrough(t *testing.T) {
	var o fyne.CanvasObject = NewToast()
	if _, ok := o.(fyne.Tappable); ok {
		t.Error("a toast must not take clicks")
	}
}

func TestColumnStacksWhatIsVisible(t *testing.T) {
	a, b, c := Spacer(10, 20), Spacer(10, 30), NewText("one two three four").Wrapped(0)
	b.Hide()
	l := Column{Width: 60, Gap: 4, Pad: 5}
	objects := []fyne.CanvasObject{a, b, c}
	h := l.MinSize(objects).Height
	l.Layout(objects, fyne.NewSize(60, h))
	if want := 5 + 20 + 4 + c.HeightFor(50) + 5; h != want || c.Position().Y != 29 {
		t.Errorf("height %v, want %v; paragraph at %v", h, want, c.Position())
	}
}
