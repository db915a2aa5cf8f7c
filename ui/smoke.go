package ui

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"seewhy/ui/state"
)

// smokeVariable names a file into which the window writes what happens, one
// JSON object a line, so that a test that drives the real program can wait for
// events instead of sleeping:
//
//	{"event":"started","ms":…}       the window is on the screen
//	{"event":"place","name":"alpha","x":…,"y":…,"w":…,"h":…}
//	                                 where a control is, in window pixels
//	{"event":"engine"}  {"event":"model","name":…}  {"event":"photo","name":…}
//	{"event":"work","pane":0}        a map is being made
//	{"event":"heat","pane":0,"model":…,"image":…,"layer":…,"method":…,"class":…}
//	{"event":"answer","edits":…,"label":…,"probability":…}
//	                                 the window's model has answered
//	{"event":"alpha","value":…}  {"event":"language"|"theme","value":…}
//	{"event":"said","text":…}  {"event":"exported"}
//	{"event":"stage","n":4}          so many panes are seen
//	{"event":"sweep","n":7}          so many layers' maps are shown
//	{"event":"open","n":1}          so many lists, forms and dialogs are open
//	{"event":"frames","n":…,"median":…,"p95":…,"max":…,"cpu":…}
//	                                 once a second, where anything was drawn: how
//	                                 many milliseconds the window's goroutine was
//	                                 held up by each frame; cpu is the most that it had a core for
//	                                 between two of its answers (Linux)
//	{"event":"slow","what":"PhotoOpened","update":…,"run":…,"show":…}
//	                                 a message that took the window's goroutine more
//	                                 than 16 ms, and over what, in milliseconds
//	{"event":"strip","n":…,"all":…,"known":…}
//	                                 so many pictures the filmstrip shows, of how
//	                                 many; how many have an answer
const smokeVariable = "SEEWHY_SMOKE"

// smoke writes those lines; a nil one writes nothing.
type smoke struct {
	out    *json.Encoder
	begin  time.Time
	last   state.State
	places map[string][4]int
	open   int
}

func newSmoke(path string) *smoke {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil
	}
	return &smoke{out: json.NewEncoder(f), begin: time.Now(), places: map[string][4]int{}}
}

type line map[string]any

func (k *smoke) write(event string, l line) {
	l["event"], l["ms"] = event, time.Since(k.begin).Milliseconds()
	// A test that cannot read its file fails by itself.
	_ = k.out.Encode(l)
}

func (k *smoke) started(w *Window) {
	if k != nil {
		k.write("started", line{})
		k.watch(w)
		go k.probe(w)
	}
}

// slow is how long a message may take before it is told: a frame at 60 Hz.
const slow = 16 * time.Millisecond

// timed tells of messages that hold the window up.
func (k *smoke) timed() func(m state.Msg, update, run, show time.Duration) {
	if k == nil {
		return nil
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return func(m state.Msg, update, run, show time.Duration) {
		if update+run+show >= slow {
			k.write("slow", line{"what": strings.TrimPrefix(fmt.Sprintf("%T", m), "state."), "update": ms(update), "run": ms(run), "show": ms(show)})
		}
	}
}

// probe measures how long the window's goroutine makes others wait. Between
// frames it answers at once; while it draws it does not, so that each wait is
// the length of a frame, or of something worse.
func (k *smoke) probe(w *Window) {
	var waits []float64
	var spent, worked time.Duration
	// What the thread did before the first question is no wait of anybody's.
	w.post(func() { spent = threadTime() })
	for told := time.Now(); !w.closed.Load(); time.Sleep(time.Millisecond) {
		begin, answered := time.Now(), make(chan struct{})
		// Where other programs take the cores, a wait is long for want of one:
		// the thread's own time tells what the window itself costs.
		w.post(func() {
			now := threadTime()
			spent, worked = now, max(worked, now-spent)
			close(answered)
		})
		select {
		case <-answered:
		case <-time.After(time.Minute):
			return
		}
		if wait := time.Since(begin); wait > 2*time.Millisecond {
			waits = append(waits, float64(wait.Microseconds())/1000)
		}
		if time.Since(told) < time.Second {
			continue
		}
		told = time.Now()
		if n := len(waits); n > 0 {
			slices.Sort(waits)
			l := line{"n": n, "median": waits[n/2], "p95": waits[n*95/100], "max": waits[n-1], "cpu": float64(worked.Microseconds()) / 1000}
			w.post(func() { k.write("frames", l) })
			waits, worked = nil, 0
		}
	}
}

// watch tells the places again when they move, for the first layout may come
// after the first state, and what has opened over the window.
func (k *smoke) watch(w *Window) {
	k.where(w)
	if n := len(w.win.Canvas().Overlays().List()); n != k.open {
		k.open = n
		k.write("open", line{"n": n})
	}
	w.after(50*time.Millisecond, func() { k.watch(w) })
}

func (k *smoke) where(w *Window) {
	d := fyne.CurrentApp().Driver()
	scale := w.win.Canvas().Scale()
	for name, o := range w.screen.Anchors() {
		at, size := d.AbsolutePositionForObject(o), o.Size()
		p := [4]int{int(at.X * scale), int(at.Y * scale), int(size.Width * scale), int(size.Height * scale)}
		if k.places[name] != p {
			k.places[name] = p
			k.write("place", line{"name": name, "x": p[0], "y": p[1], "w": p[2], "h": p[3]})
		}
	}
}

func (k *smoke) show(w *Window, s state.State) {
	if k == nil {
		return
	}
	old := k.last
	k.last = s
	if s.Phase != old.Phase {
		k.write("engine", line{"ready": s.Phase == state.Ready, "trouble": s.Trouble})
	}
	if m := s.Model.Info; m != nil && m != old.Model.Info {
		k.write("model", line{"name": m.Ref.Name, "sha256": m.Ref.SHA256})
	}
	if p := s.Photo.Info; p != nil && p != old.Photo.Info {
		k.write("photo", line{"name": p.Ref.Name})
	}
	for i, p := range s.Panes[:s.Shown] {
		if p.Job != 0 && p.Job != old.Panes[i].Job {
			k.write("work", line{"pane": i, "method": p.Method})
		}
		if p.Overlay != nil && p.Overlay != old.Panes[i].Overlay && p.Result != nil {
			t := p.Result.Task
			k.write("heat", line{"pane": i, "model": t.Model.Name, "image": t.Image.Name, "layer": t.Layer, "method": t.Method, "class": t.Target.Class, "edits": len(t.Edits)})
		}
	}
	if f := s.Forward; f.Prediction != nil && f.Prediction != old.Forward.Prediction && len(f.Prediction.Order) > 0 {
		best := f.Prediction.Scores[f.Prediction.Order[0]]
		k.write("answer", line{"edits": len(s.Edits()), "label": best.Label, "probability": best.Probability})
	}
	if a, b := s.Visible(), old.Visible(); len(a) != len(b) {
		k.write("stage", line{"n": len(a)})
	}
	if n := len(s.Sweep.Thumbs); n > 0 && (len(old.Sweep.Thumbs) == 0 || &s.Sweep.Thumbs[0] != &old.Sweep.Thumbs[0]) {
		k.write("sweep", line{"n": n})
	}
	if n, all := s.FilmLen(), len(s.Items); n != old.FilmLen() || all != len(old.Items) || s.Film.Known != old.Film.Known {
		k.write("strip", line{"n": n, "all": all, "known": s.Film.Known})
	}
	still := false
	if alpha := s.Panes[s.Active].Style.Alpha; alpha != old.Panes[old.Active].Style.Alpha {
		k.write("alpha", line{"value": alpha})
		// It moves nothing, and looking for every place would be a fifth of what
		// the window's goroutine does while the slider is dragged.
		still = true
	}
	if s.Settings != old.Settings {
		k.write("settings", line{"theme": s.Settings.Theme, "language": s.Settings.Language})
	}
	if s.Toast.Serial != old.Toast.Serial {
		k.write("said", line{"text": s.Toast.Text, "warning": s.Toast.Warning})
	}
	if old.Export != 0 && s.Export == 0 {
		k.write("exported", line{"failed": s.Toast.Warning})
	}
	if !still {
		k.where(w)
	}
}
