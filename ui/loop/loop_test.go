package loop

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"seewhy/ui/fake"
	"seewhy/ui/state"
)

// desk runs a loop on the test's goroutine: Post fills a queue that until drains.
type desk struct {
	*Loop
	t     *testing.T
	queue chan func()
}

// fakeEngine has small pictures: the race detector makes seconds of large ones.
func fakeEngine() *fake.Engine {
	e := fake.New()
	e.Side = 160
	return e
}

func newDesk(t *testing.T, e Engine, err error) *desk {
	d := &desk{t: t, queue: make(chan func(), 10_000)}
	d.Loop = New(Config{
		Boot: func() (Engine, error) { return e, err },
		Post: func(f func()) { d.queue <- f },
		Show: func(state.State) {},
	})
	t.Cleanup(d.Close)
	return d
}

func (d *desk) until(what string, done func(state.State) bool) {
	d.t.Helper()
	late := time.After(20 * time.Second)
	for !done(d.State()) {
		select {
		case f := <-d.queue:
			f()
		case <-late:
			d.t.Fatalf("never: %s", what)
		}
	}
}

func heat(s state.State) bool { return s.Panes[0].Overlay != nil && s.Panes[0].Job == 0 }

func TestFromStartToHeat(t *testing.T) {
	d := newDesk(t, fakeEngine(), nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	s := d.State()
	o := s.Panes[0].Overlay
	if o.Image.Rect.Dx() != 1024 && o.Image.Rect.Dy() != 1024 {
		t.Errorf("overlay is %v", o.Image.Rect)
	}
	if len(o.Ticks) < 2 || o.Signed || o.Range.Max <= o.Range.Min {
		t.Errorf("colour bar %+v", o)
	}
	d.until("labels", func(s state.State) bool { return s.Items[0].Label != "" && s.Forward.Prediction != nil })
	d.Handle(state.ItemsVisible{First: 0, Last: 8})
	d.until("thumbnails", func(s state.State) bool {
		return s.Items[7].Thumb != nil && s.Items[7].Label != "" && s.Items[13].Thumb != nil
	})
	if s := d.State(); s.Items[23].Thumb != nil {
		t.Error("a thumbnail was made far from the screen")
	}
}

func TestBootFailureIsTold(t *testing.T) {
	d := newDesk(t, nil, errors.New("no library"))
	d.Start(state.Options{})
	d.until("failure", func(s state.State) bool { return s.Phase == state.Failed && s.Trouble == "no library" })
}

func TestSupersededWorkIsCancelled(t *testing.T) {
	e := fakeEngine()
	d := newDesk(t, e, nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	e.Slow(time.Hour)
	d.Handle(state.MethodPicked{ID: "saliency"})
	d.until("progress", func(s state.State) bool { return s.Panes[0].Work.What == "step" })
	e.Slow(0)
	d.Handle(state.LayerPicked{Value: "/stage1/block1/relu"})
	d.Handle(state.MethodPicked{ID: "gradcam"})
	d.until("the newest answer", func(s state.State) bool {
		p := s.Panes[0]
		return p.Job == 0 && p.Result != nil && p.Result.Task.Layer == "/stage1/block1/relu"
	})
}

func TestCloseEndsWork(t *testing.T) {
	e := fakeEngine()
	e.Slow(time.Hour)
	d := newDesk(t, e, nil)
	d.Start(state.Options{})
	d.until("work", func(s state.State) bool { return s.Panes[0].Job != 0 })
	done := make(chan bool)
	go func() { d.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("Close waits for ever")
	}
	shown := d.State()
	d.Handle(state.AlphaSet{Alpha: 0.9})
	if !reflect.DeepEqual(d.State().Panes[0].Style, shown.Panes[0].Style) {
		t.Error("a message was taken after Close")
	}
}

func TestMessagesFromShowWaitTheirTurn(t *testing.T) {
	var l *Loop
	var seen []float64
	l = New(Config{
		Boot: func() (Engine, error) { return fakeEngine(), nil },
		Post: func(func()) {},
		Show: func(s state.State) {
			seen = append(seen, s.Panes[0].Style.Alpha)
			if s.Panes[0].Style.Alpha == 0.1 {
				l.Handle(state.AlphaSet{Alpha: 0.2})
			}
		},
	})
	t.Cleanup(l.Close)
	l.Start(state.Options{})
	l.Handle(state.AlphaSet{Alpha: 0.1})
	if !reflect.DeepEqual(seen, []float64{0.5, 0.1, 0.2}) {
		t.Errorf("shown %v", seen)
	}
}

func TestProgressIsThinned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		l := New(Config{Post: func(f func()) { f() }, Show: func(state.State) { sent++ }})
		defer l.Close()
		p := l.progress(1)
		for range 220 {
			p.Report(0.5, "x")
			time.Sleep(time.Millisecond)
		}
		if sent != 5 {
			t.Errorf("%d reports in 220 ms, want one each 50 ms", sent)
		}
	})
}

func TestSortFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b, a := write("f/b.JPG", "x"), write("f/a/2.webp", "x")
	write("f/.hidden/1.png", "x")
	write("f/notes.txt", "x")
	m := write("m.ONNX", "x")
	text := write("t.txt", "plain words")
	gif := write("picture", "GIF89a........")
	tiff := write("scan", "II*\x00....")
	empty := write("nothing", "")
	if err := os.Symlink(dir, filepath.Join(dir, "f/loop")); err != nil {
		t.Fatal(err)
	}
	got := sortFiles(t.Context(), []string{filepath.Join(dir, "f"), m, text, gif, tiff, empty, "/does/not/exist"}).(state.FilesSorted)
	want := state.FilesSorted{Images: []string{a, b, gif, tiff}, Given: []string{filepath.Join(dir, "f"), gif, tiff}, Models: []string{m}, Refused: text, Others: 2}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSortFilesIsBounded(t *testing.T) {
	dir := t.TempDir()
	for i := range maxImages + 1 {
		f, err := os.Create(filepath.Join(dir, strconv.Itoa(i)+".png"))
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	got := sortFiles(t.Context(), []string{dir}).(state.FilesSorted)
	if len(got.Images) != maxImages || !got.Cut {
		t.Errorf("%d images, cut %v", len(got.Images), got.Cut)
	}
}

func TestPyramidHalvesAndKeepsColours(t *testing.T) {
	src := image.NewNRGBA(image.Rect(5, 7, 2005, 257))
	for y := 7; y < 257; y++ {
		for x := 5; x < 2005; x++ {
			src.SetNRGBA(x, y, color.NRGBA{200, 100, 50, 255})
		}
	}
	levels := pyramid(src)
	var widths []int
	for _, l := range levels {
		widths = append(widths, l.Bounds().Dx())
		if l.Bounds().Min != (image.Point{}) {
			t.Errorf("bounds %v", l.Bounds())
		}
		if got := l.(*image.RGBA).RGBAAt(l.Bounds().Dx()-1, l.Bounds().Dy()-1); got != (color.RGBA{200, 100, 50, 255}) {
			t.Errorf("colour %v", got)
		}
	}
	if !reflect.DeepEqual(widths, []int{2000, 1000, 500}) {
		t.Errorf("widths %v", widths)
	}
	if b := thumb(levels).Bounds(); b.Dx() != thumbWidth || b.Dy() != thumbWidth/8 {
		t.Errorf("thumbnail %v", b)
	}
	if b := thumb(pyramid(image.NewGray(image.Rect(0, 0, 1, 3000)))).Bounds(); b.Dx() != 1 {
		t.Errorf("thumbnail of a line: %v", b)
	}
}

func TestExportAndBadTargets(t *testing.T) {
	d := newDesk(t, fakeEngine(), nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	path := filepath.Join(t.TempDir(), "r.png")
	d.Handle(state.ExportPicked{Path: path})
	d.until("export", func(s state.State) bool { return s.Toast.Serial == 1 })
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := png.Decode(f); err != nil {
		t.Error(err)
	}
	d.Handle(state.ExportPicked{Path: filepath.Join(path, "no", "folder.png")})
	d.until("words", func(s state.State) bool { return s.Toast.Serial == 2 && s.Toast.Warning })
}

func TestModelFailure(t *testing.T) {
	d := newDesk(t, fakeEngine(), nil)
	d.Start(state.Options{Model: "broken.onnx"})
	d.until("words", func(s state.State) bool { return s.Model.Err != "" })
	if d.State().Model.Job != 0 {
		t.Error("the job still runs")
	}
	d.Handle(state.ModelPicked{Ref: "catalogue:squeezenet"})
	d.until("model", func(s state.State) bool { return s.Model.Info != nil })
	d.until("menu", func(s state.State) bool { return s.Known[3].Here })
	d.Handle(state.PresetPicked{Spec: d.State().Model.Presets[1].Spec})
	d.until("preset", func(s state.State) bool { return s.Model.Info.PreprocessFrom == "you" })
}

func TestKeepEndsSamplingWithWhatIsThere(t *testing.T) {
	e := fakeEngine()
	d := newDesk(t, e, nil)
	d.Start(state.Options{})
	d.until("heat", func(s state.State) bool { return s.Panes[0].Overlay != nil && s.Panes[0].Job == 0 })
	e.Slow(time.Hour)
	d.Handle(state.MethodPicked{ID: "saliency"})
	d.until("a partial map in colours", func(s state.State) bool {
		p := s.Panes[0]
		return p.Partial && p.Result.Task.Method == "saliency" && p.Overlay != nil && p.Overlay.Signed
	})
	d.Handle(state.Kept{})
	d.Handle(state.Kept{})
	d.until("the kept map", func(s state.State) bool { return s.Panes[0].Job == 0 })
	if p := d.State().Panes[0]; p.Partial || p.Result.Error == nil || p.Err != "" {
		t.Errorf("%+v", p)
	}
}

func TestTimeLeft(t *testing.T) {
	for _, c := range []struct {
		spent time.Duration
		done  float64
		want  time.Duration
	}{{4 * time.Second, .25, 12 * time.Second}, {time.Second / 2, .5, 0}, {9 * time.Second, .01, 0}, {9 * time.Second, 1, 0}, {9 * time.Second, -1, 0}} {
		if got := left(c.spent, c.done); got != c.want {
			t.Errorf("%v, %v: %v left, want %v", c.spent, c.done, got, c.want)
		}
	}
}
