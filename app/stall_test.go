package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"

	"seewhy/app/internal/xdnd"
)

// measureVariable asks for the measurements below, which take minutes and want
// an idle machine.
const measureVariable = "SEEWHY_MEASURE"

// How long the window's goroutine is held up while a person walks through 500
// pictures, each predicted and explained, and while ten thousand are opened,
// scrolled, filtered and sorted. docs/window.md tells the figures, and how far
// other programs had a part in them.
//
//	SEEWHY_MEASURE=1 go test ./app -run Stall -v
func TestStallOver500Pictures(t *testing.T) {
	s := measured(t, 500, 800)
	s.phase("open", func() { s.drop(); s.heat("00000.jpg") })
	s.xdotool("key", "End")
	s.heat("00499.jpg")
	s.xdotool("key", "Home")
	s.heatNot("00499.jpg")
	s.xdotool("mousemove", "640", "300")
	s.phase("walk", func() {
		// The samples that the first start shows come before the folder's.
		s.xdotool("key", "End")
		s.heat("00499.jpg")
		for i := 498; i >= 0; i-- {
			s.xdotool("key", "Left")
			s.heat(fmt.Sprintf("%05d.jpg", i))
		}
	})
}

func TestStallOver10000Pictures(t *testing.T) {
	s := measured(t, 10_000, 160)
	s.phase("open", func() { s.drop(); s.heat("00000.jpg") })
	film := s.place("film")
	x, y := film.X+film.W/2, film.Y+film.H/2
	s.phase("wheel", func() {
		s.xdotool("mousemove", fmt.Sprint(x), fmt.Sprint(y))
		for range 40 {
			s.xdotool("click", "--repeat", "5", "--delay", "10", "5")
		}
	})
	s.phase("drag of the bar", func() {
		bar := fmt.Sprint(film.Y + film.H - 4)
		s.xdotool("mousemove", fmt.Sprint(film.X+40), bar, "mousedown", "1")
		for i := range 200 {
			s.xdotool("mousemove", fmt.Sprint(film.X+40+(film.W-80)*i/200), bar)
		}
		s.xdotool("mouseup", "1")
	})
	s.phase("walk", func() {
		s.xdotool("key", "End")
		s.heat("09999.jpg")
		s.xdotool("key", "Prior", "Prior", "Next", "Left", "Home")
		s.heatNot("09999.jpg")
	})
	s.phase("search", func() {
		s.click(s.place("filter"), 0.5)
		s.xdotool("type", "--delay", "60", "77.jpg")
		s.event("strip", func(l line) bool { return l.N == 100 })
		s.xdotool("key", "Escape")
		s.event("strip", func(l line) bool { return l.N >= 10_000 })
	})
	s.phase("by confidence", func() {
		sort := s.place("sort")
		s.click(sort, 0.5)
		s.opened(1)
		// The list opens upwards; the fourth of five lines.
		s.xdotool("mousemove", fmt.Sprint(sort.X+60), fmt.Sprint(sort.Y-60), "click", "1")
		s.event("strip", func(l line) bool { return l.Known >= 10_000 })
	})
}

// measurement follows the program's lines as they come.
type measurement struct {
	*session
	folder string
	in     *bufio.Reader
	rest   string
	seen   []line
	at     int
}

func measured(t *testing.T, pictures, side int) *measurement {
	if os.Getenv(measureVariable) == "" {
		t.Skipf("a measurement of minutes; %s=1 asks for it", measureVariable)
	}
	xgb.Logger.SetOutput(io.Discard)
	library := needs(t)
	folder := t.TempDir()
	for i := range pictures {
		disc(t, filepath.Join(folder, fmt.Sprintf("%05d.jpg", i)), side, uint64(i))
	}
	s := &measurement{session: start(t, library), folder: folder}
	f, err := os.Open(s.lines)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	s.in = bufio.NewReader(f)
	s.event("heat", nil)
	return s
}

// disc writes a picture of a disc on a ground, both of random colours.
func disc(t *testing.T, path string, side int, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	shade := func() color.RGBA { return color.RGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255} }
	w, h := side, side*3/4
	img, ground, top := image.NewRGBA(image.Rect(0, 0, w, h)), shade(), shade()
	cx, cy, radius := r.IntN(w), r.IntN(h), w/8+r.IntN(w/4)
	for y := range h {
		for x := range w {
			c := ground
			if (x-cx)*(x-cx)+(y-cy)*(y-cy) < radius*radius {
				c = top
			}
			img.SetRGBA(x, y, c)
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := jpeg.Encode(f, img, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
}

func (s *measurement) drop() {
	stage := s.place("stage")
	if err := xdnd.Drop(s.display, s.window, int16(stage.X+stage.W/2), int16(stage.Y+stage.H/2), []string{s.folder}); err != nil {
		s.t.Fatal(err)
	}
}

// more takes what has been written since.
func (s *measurement) more() {
	for {
		part, err := s.in.ReadString('\n')
		s.rest += part
		if err != nil {
			return
		}
		var l line
		if json.Unmarshal([]byte(s.rest), &l) == nil {
			s.seen = append(s.seen, l)
		}
		s.rest = ""
	}
}

// event waits for a line that comes after the last one that was waited for.
func (s *measurement) event(name string, fits func(line) bool) line {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		s.more()
		for ; s.at < len(s.seen); s.at++ {
			if l := s.seen[s.at]; l.Event == name && (fits == nil || fits(l)) {
				s.at++
				return l
			}
		}
	}
	s.t.Fatalf("no %q came", name)
	return line{}
}

func (s *measurement) heat(name string) {
	s.t.Helper()
	s.event("heat", func(l line) bool { return l.Image == name })
}

func (s *measurement) heatNot(name string) {
	s.t.Helper()
	s.event("heat", func(l line) bool { return l.Image != name })
}

// phase does something and tells what held the window up meanwhile.
func (s *measurement) phase(name string, do func()) {
	s.t.Helper()
	s.more()
	from, begin := len(s.seen), time.Now()
	do()
	// The frames are told once a second.
	time.Sleep(1200 * time.Millisecond)
	s.more()
	var longest, worked float64
	var waits []float64
	slow := map[string][]float64{}
	for _, l := range s.seen[from:] {
		switch l.Event {
		case "frames":
			longest, worked = max(longest, l.Max), max(worked, l.CPU)
			waits = append(waits, l.P95)
		case "slow":
			slow[l.What] = append(slow[l.What], l.Update+l.Run+l.Show)
		}
	}
	slices.Sort(waits)
	middle := 0.0
	if len(waits) > 0 {
		middle = waits[len(waits)/2]
	}
	var kinds []string
	for what, all := range slow {
		kinds = append(kinds, fmt.Sprintf("%s %d×, up to %.0f ms", what, len(all), slices.Max(all)))
	}
	slices.Sort(kinds)
	s.t.Logf("%-16s %6.1f s; longest stall %.0f ms, of which the window itself took at most %.0f; of a second's stalls 95 %% under %.0f ms in the middle; messages over 16 ms: %s",
		name, time.Since(begin).Seconds(), longest, worked, middle, strings.Join(kinds, "; "))
}
