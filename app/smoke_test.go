package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/report"
	"seewhy/app/internal/xdnd"
	"seewhy/models/prep"
	"seewhy/models/runtime"
)

// The whole program on a real X11 screen: a file is dropped as a file manager
// drops it, a layer picked, the heat slid, a report exported, and the report's
// pixels worked out again from what it says about itself; then a long method
// is picked and stopped. Nothing is timed: every step waits for the line that
// says that the one before it is done.
func TestSmoke(t *testing.T) {
	xgb.Logger.SetOutput(io.Discard)
	library := needs(t)
	s := start(t, library)
	t.Logf("window after %d ms, first heat after %d ms", s.wait("started", nil).MS, s.wait("heat", nil).MS)

	photo := filepath.Join(s.dir, "four colours.png")
	blocks := fourColours(photo, t)
	stage := s.place("stage")
	s.mark()
	if err := xdnd.Drop(s.display, s.window, int16(stage.X+stage.W/2), int16(stage.Y+stage.H/2), []string{photo}); err != nil {
		t.Fatal(err)
	}
	first := s.wait("heat", func(l line) bool { return l.Image == "four colours.png" })

	s.xdotool("key", "ctrl+k")
	s.opened(1)
	s.xdotool("type", "layer stage3.0")
	s.xdotool("key", "Return")
	second := s.wait("heat", func(l line) bool { return l.Layer != first.Layer })

	s.slide(s.place("alpha"))
	s.mark()
	s.xdotool("key", "ctrl+e")
	s.opened(1)
	s.xdotool("key", "ctrl+a")
	s.xdotool("type", "smoke.png")
	s.xdotool("key", "Return")
	if done := s.wait("exported", nil); done.Failed {
		t.Fatalf("not exported: %+v", s.last("said"))
	}
	// What the slider did lies before the export.
	alpha := s.last("alpha")
	if alpha.Value < 0.65 || alpha.Value > 0.85 {
		t.Errorf("the slider was left at three quarters, and says %v", alpha.Value)
	}
	if n := len(s.all("heat")); n != 3 {
		t.Errorf("%d maps were made; the slider must make none", n)
	}
	check(t, filepath.Join(s.dir, "smoke.png"), blocks, second.Layer, alpha.Value)

	s.opened(0)
	s.open("method")
	s.xdotool("type", "integrated")
	s.xdotool("key", "Return")
	s.wait("heat", func(l line) bool { return l.Method == "integratedgradients" })
	s.open("settings")
	// The first field: the number of steps.
	s.xdotool("key", "Tab", "ctrl+a")
	s.xdotool("type", "1000")
	s.mark()
	// Enter begins, one Esc closes the settings, another stops the work.
	s.xdotool("key", "Return", "Escape", "Escape")
	s.wait("work", nil)
	s.wait("said", func(l line) bool { return l.Text == "Stopped." })
	if n := len(s.all("heat")); n != 4 {
		t.Errorf("%d maps were made; the one that was stopped is none", n)
	}
	// Every layer's map, a second pane, and that one alone.
	s.mark()
	s.xdotool("key", "y")
	if l := s.wait("sweep", nil); l.N < 3 {
		t.Errorf("the maps of %d layers", l.N)
	}
	s.xdotool("key", "y", "ctrl+d")
	s.wait("stage", func(l line) bool { return l.N == 2 })
	s.wait("heat", func(l line) bool { return l.Pane == 1 })
	s.xdotool("key", "s")
	s.wait("stage", func(l line) bool { return l.N == 1 })
	for _, f := range s.all("frames") {
		t.Logf("frames that held the window: %d, median %.1f ms, 95 %% under %.1f ms, longest %.1f ms", f.N, f.Median, f.P95, f.Max)
	}
}

// check works the exported pixels out again.
func check(t *testing.T, path string, photo *image.NRGBA, layer string, alpha float64) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := report.Provenance(bytes.NewReader(data))
	if err != nil || len(records) != 1 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	r := records[0]
	k := r.Result.Task
	if k.Layer != layer || k.Method != "gradcam" || r.Style.Alpha != alpha || k.Image.Name != "four colours.png" || len(k.Image.SHA256) != 64 || len(k.Model.SHA256) != 64 {
		t.Errorf("provenance %+v, style %+v", k, r.Style)
	}
	page, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	field, err := heatmap.Normalise(r.Result.Map, r.Style.Clip)
	if err != nil {
		t.Fatal(err)
	}
	size := prep.Size{Width: photo.Rect.Dx(), Height: photo.Rect.Dy()}
	heat, err := field.Overlay(heatmap.Place{Region: r.Result.Region, Picture: size}, r.Overlay.Dx(), r.Overlay.Dy(), r.Style)
	if err != nil {
		t.Fatal(err)
	}
	checked, coloured := 0, map[color.RGBA]bool{}
	for fy := 0.07; fy < 1; fy += 0.06 {
		for fx := 0.07; fx < 1; fx += 0.06 {
			if near(fx, 0.5) || near(fy, 0.5) || onEdge(fx, r.Result.Region.X0, r.Result.Region.X1, float64(size.Width)) || onEdge(fy, r.Result.Region.Y0, r.Result.Region.Y1, float64(size.Height)) {
				// Near the blocks' borders and the outline other things are drawn.
				continue
			}
			x, y := int(fx*float64(r.Overlay.Dx())), int(fy*float64(r.Overlay.Dy()))
			under := photo.NRGBAAt(int(fx*float64(size.Width)), int(fy*float64(size.Height)))
			over := heat.RGBAAt(x, y)
			a := alpha * float64(over.A) / 255
			want := color.RGBA{mix(under.R, over.R, a), mix(under.G, over.G, a), mix(under.B, over.B, a), 255}
			got := color.RGBAModel.Convert(page.At(r.Overlay.Min.X+x, r.Overlay.Min.Y+y)).(color.RGBA)
			if !alike(got, want) {
				t.Errorf("at %.2f, %.2f of the overlay: %v, want %v", fx, fy, got, want)
			}
			if plain := color.RGBAModel.Convert(page.At(r.Photo.Min.X+int(fx*float64(r.Photo.Dx())), r.Photo.Min.Y+int(fy*float64(r.Photo.Dy())))).(color.RGBA); !alike(plain, color.RGBA(under)) {
				t.Errorf("at %.2f, %.2f of the photo: %v, want %v", fx, fy, plain, under)
			}
			coloured[got] = true
			checked++
		}
	}
	if checked < 80 || len(coloured) < 12 {
		t.Errorf("%d places checked, %d colours: too few to tell", checked, len(coloured))
	}
}

func near(a, b float64) bool { return a > b-0.03 && a < b+0.03 }

func onEdge(f, low, high, size float64) bool { return near(f, low/size) || near(f, high/size) }

func mix(under, over uint8, a float64) uint8 {
	return uint8((1-a)*float64(under) + a*float64(over) + 0.5)
}

// alike allows 2 of 255: the page scales the photo, and rounds twice.
func alike(a, b color.RGBA) bool {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return d(a.R, b.R) <= 2 && d(a.G, b.G) <= 2 && d(a.B, b.B) <= 2
}

// fourColours writes a picture of four plain blocks.
func fourColours(path string, t *testing.T) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			c := color.NRGBA{200, 60, 40, 255}
			switch {
			case x < 320 && y >= 240:
				c = color.NRGBA{40, 90, 200, 255}
			case x >= 320 && y < 240:
				c = color.NRGBA{50, 160, 80, 255}
			case x >= 320:
				c = color.NRGBA{220, 210, 180, 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	return img
}

// needs skips where the screen, the tools or the runtime library are missing.
func needs(t *testing.T) (library string) {
	if testing.Short() {
		t.Skip("the smoke test builds the program and opens its window")
	}
	for _, tool := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed (apt install xvfb xdotool libgl1-mesa-dri)", tool)
		}
	}
	library, err := runtime.Find("")
	if err != nil {
		t.Skipf("ONNX Runtime is not here: %v", err)
	}
	return library
}

// line is one of the lines that ui writes for SEEWHY_SMOKE.
type line struct {
	Event               string
	MS                  int
	Image, Layer        string
	Method              string
	Name, Text          string
	Value               float64
	X, Y, W, H, N, Pane int
	Failed              bool
	Median, P95         float64
	Max, CPU            float64
	What                string
	Update, Run, Show   float64
	Known               int
	Edits               int
	Label               string
	Probability         float64
}

// session is the running program.
type session struct {
	t       *testing.T
	dir     string
	display string
	window  uint32
	lines   string
	program *exec.Cmd
	// from is how many lines lie before the present step.
	from int
}

// start opens a screen of its own and the program on it.
func start(t *testing.T, library string) *session {
	s := &session{t: t, dir: t.TempDir()}
	s.lines = filepath.Join(s.dir, "lines")
	binary := filepath.Join(s.dir, "seewhy")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	s.screen()
	s.program = exec.Command(binary)
	s.program.Dir = s.dir
	s.program.Env = append(os.Environ(), "DISPLAY="+s.display, "SEEWHY_SMOKE="+s.lines, "HOME="+s.dir, "XDG_CONFIG_HOME="+s.dir, "XDG_DATA_HOME="+filepath.Join(s.dir, "data"), "XDG_CACHE_HOME="+s.dir, "LANG=en_GB.UTF-8", "WAYLAND_DISPLAY=", runtime.Env+"="+library)
	var log bytes.Buffer
	s.program.Stdout, s.program.Stderr = &log, &log
	if err := s.program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.program.Process.Kill()
		_ = s.program.Wait()
		// Fyne tells of calls from the wrong goroutine in its log only.
		if strings.Contains(log.String(), "call thread") {
			t.Errorf("calls from the wrong goroutine:\n%s", log.String())
		}
		if t.Failed() {
			t.Logf("the program wrote:\n%s", log.String())
		}
	})
	s.wait("started", nil)
	id := strings.Fields(s.xdotool("search", "--sync", "--onlyvisible", "--name", "^SeeWhy$"))[0]
	n, err := strconv.ParseUint(id, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	s.window = uint32(n)
	s.xdotool("windowmove", "--sync", id, "0", "0")
	s.xdotool("windowfocus", id)
	return s
}

// screen starts Xvfb, which picks a free display and tells its number.
func (s *session) screen() {
	r, w, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		s.t.Fatal(err)
	}
	w.Close()
	s.t.Cleanup(func() { _ = x.Process.Kill(); _ = x.Wait() })
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		s.t.Fatalf("Xvfb tells no display: %v", err)
	}
	s.display = ":" + strings.TrimSpace(number)
}

func (s *session) xdotool(args ...string) string {
	s.t.Helper()
	c := exec.Command("xdotool", args...)
	c.Env = append(os.Environ(), "DISPLAY="+s.display)
	out, err := c.CombinedOutput()
	if err != nil {
		s.t.Fatalf("xdotool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// patience is how long the program may take for one step; far more than it
// needs, for machines that do other things too.
const patience = 3 * time.Minute

// mark makes wait look only at what comes from now on.
func (s *session) mark() { s.from = len(s.read()) }

// all are the lines of one event so far.
func (s *session) all(event string) []line {
	var out []line
	for _, l := range s.read() {
		if l.Event == event {
			out = append(out, l)
		}
	}
	return out
}

// read reads what the program has written so far.
func (s *session) read() []line {
	data, err := os.ReadFile(s.lines)
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	var out []line
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		var l line
		switch err := d.Decode(&l); err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return out
		default:
			s.t.Fatalf("%v in %s", err, data)
		}
		out = append(out, l)
	}
}

func (s *session) last(event string) line {
	if all := s.all(event); len(all) > 0 {
		return all[len(all)-1]
	}
	return line{}
}

// wait returns the first line of an event since the mark that fits.
func (s *session) wait(event string, fits func(line) bool) line {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		lines := s.read()
		for _, l := range lines[min(s.from, len(lines)):] {
			if l.Event == event && (fits == nil || fits(l)) {
				return l
			}
		}
	}
	data, _ := os.ReadFile(s.lines)
	s.t.Fatalf("no %q came; what happened:\n%s", event, data)
	return line{}
}

// settled waits for the map of the last answer: an answer of another class asks
// for another map, and an export before it is there asks whether to wait.
func (s *session) settled() {
	s.t.Helper()
	const calm = 2 * time.Second
	lines, since := 0, time.Now()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if n := len(s.all("work")) + len(s.all("answer")) + len(s.all("heat")); n != lines {
			lines, since = n, time.Now()
		}
		if time.Since(since) > calm && s.last("heat").MS >= max(s.last("answer").MS, s.last("work").MS) {
			return
		}
	}
	s.t.Fatal("maps and answers still come")
}

// place is where a control is now.
func (s *session) place(name string) line {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		places := s.all("place")
		for _, l := range slices.Backward(places) {
			if l.Name == name {
				return l
			}
		}
	}
	s.t.Fatalf("nothing says where %q is", name)
	return line{}
}

// open clicks on a control and waits for its list or form.
func (s *session) open(name string) {
	s.t.Helper()
	s.opened(0)
	at := s.place(name)
	s.mark()
	s.click(at, 0.5)
	s.opened(1)
}

// opened waits until so many lists, forms and dialogs are open.
func (s *session) opened(n int) {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if s.last("open").N == n {
			return
		}
	}
	s.t.Fatalf("%d lists are open, not %d", s.last("open").N, n)
}

func (s *session) click(l line, fx float64) {
	s.xdotool("mousemove", fmt.Sprint(l.X+int(float64(l.W)*fx)), fmt.Sprint(l.Y+l.H/2), "click", "1")
}

// slide drags a fader to and fro and leaves it at three quarters.
func (s *session) slide(l line) {
	y := fmt.Sprint(l.Y + l.H/2)
	s.xdotool("mousemove", fmt.Sprint(l.X+l.W/2), y, "mousedown", "1")
	for i := range 121 {
		f := 0.5 - 0.4*float64(i%60)/60
		if i >= 60 {
			f = 0.1 + 0.65*float64(i-60)/60
		}
		s.xdotool("mousemove", fmt.Sprint(l.X+int(float64(l.W)*f)), y)
	}
	s.xdotool("mouseup", "1")
}
