// Package loop carries the window's state: it takes messages, asks
// state.Update what follows, shows the new state and runs the commands against
// the engine in goroutines.
//
//	l := loop.New(loop.Config{Boot: boot, Post: fyne.Do, Show: view.Show})
//	l.Start(state.Options{})
//	l.Send(state.ItemStepped{By: 1})
//
// The State is touched on one goroutine only: the one that Post runs its
// functions on. Everything else talks to it through Send. Post is the only way
// back to that goroutine, so that tests replace it by a queue.
package loop

import (
	"context"
	"sync"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/ui/state"
)

// Engine does the work. Every call blocks until it is done or ctx ends, and
// may come from any goroutine.
type Engine interface {
	Models
	Pictures
	Explainer
	Resources
	Version() string
}

// Models opens models.
type Models interface {
	KnownModels() []task.KnownModel
	OpenModel(ctx context.Context, ref string, p task.Progress) (task.ModelInfo, error)
	FetchModel(ctx context.Context, ref string, p task.Progress) error
	Configure(ctx context.Context, modelSHA256 string, c task.Choices) (task.ModelInfo, error)
	Presets(modelSHA256 string) []task.Preset
	LabelsFile(ctx context.Context, path string) ([]string, error)
	Graph(ctx context.Context, modelSHA256 string) (task.Graph, error)
}

// Pictures opens images.
type Pictures interface {
	Gallery() []task.GalleryItem
	OpenImage(ctx context.Context, ref string) (task.ImageInfo, error)
	GalleryRegions(ref string) ([]task.Region, error)
	Superpixels(ctx context.Context, image task.ImageRef, about int) (task.Segments, error)
}

// Explainer runs models.
type Explainer interface {
	Devices(ctx context.Context) []task.DeviceInfo
	Predict(ctx context.Context, t task.Task) (task.Prediction, error)
	ExplainLive(ctx context.Context, t task.Task, live task.Live) (task.Result, error)
	Toggle(ctx context.Context, t task.Task, segments task.Segments, off []int) (task.Prediction, error)
	Sweep(ctx context.Context, t task.Task, p task.Progress) ([]task.LayerMap, error)
	Export(ctx context.Context, path string, results []task.Result, styles []heatmap.Style) error
}

// Config is what a loop needs from outside.
type Config struct {
	// Boot creates the engine; it may take its time, and runs on a goroutine.
	Boot func() (Engine, error)
	// Post runs a function on the window's goroutine, in order, and returns
	// at once.
	Post func(func())
	// Show draws a state; it is called on the window's goroutine.
	Show func(state.State)
	// Remember stores a setting; it is called on the window's goroutine. It
	// may be nil.
	Remember func(key, value string)
	// Timed is told how long the window's goroutine took over a message: to
	// work out what follows, to begin the work, and to show it. It may be nil.
	Timed func(m state.Msg, update, run, show time.Duration)
	// Session is the file that what is open is kept in; empty keeps nothing.
	Session string
	// Clipboard is the desktop's; it may be nil.
	Clipboard Clipboard
	// Text puts words into the toolkit's clipboard, where the desktop's own
	// cannot be reached; it is called on the window's goroutine. It may be nil.
	Text func(string)
}

// Loop is the running window's heart.
type Loop struct {
	config Config
	life   context.Context
	end    context.CancelFunc
	work   sync.WaitGroup

	// Below: the window's goroutine only.
	state  state.State
	inbox  []state.Msg
	inside bool
	jobs   map[state.JobID]context.CancelFunc
	keeps  map[state.JobID]chan struct{}

	painter painter
	easels  easels
	keeper  keeper
	// saving says that the state will soon be kept.
	saving bool
	// resting says that a stroke's end is waited for.
	resting bool

	guard  sync.Mutex
	engine Engine
	// busy counts foreground jobs, since begun; thumbnails give way to them
	// for a while.
	busy   int
	begun  time.Time
	idle   *sync.Cond
	thumbs thumbQueue
	// surveys are about pictures off the screen; strip hands over what was made.
	surveys thumbQueue
	strip   gatherer
}

// New makes a loop that does nothing yet.
func New(c Config) *Loop {
	life, end := context.WithCancel(context.Background())
	l := &Loop{config: c, life: life, end: end, jobs: map[state.JobID]context.CancelFunc{}, keeps: map[state.JobID]chan struct{}{}, keeper: keeper{path: c.Session}}
	l.idle = sync.NewCond(&l.guard)
	l.strip.send = l.Send
	return l
}

// Start shows the first state and begins to work. Call it on the window's goroutine.
func (l *Loop) Start(o state.Options) {
	l.work.Add(1)
	go l.makeThumbs()
	s, cmds := state.New(o)
	l.state = s
	l.config.Show(s)
	for _, c := range cmds {
		l.run(c)
	}
}

// Send hands over a message from any goroutine.
func (l *Loop) Send(m state.Msg) { l.config.Post(func() { l.Handle(m) }) }

// Handle takes a message on the window's goroutine and shows what follows
// before it returns. A message that arrives while another is being handled
// waits its turn.
func (l *Loop) Handle(m state.Msg) {
	if l.life.Err() != nil {
		return
	}
	l.inbox = append(l.inbox, m)
	if l.inside {
		return
	}
	l.inside = true
	defer func() { l.inside = false }()
	for len(l.inbox) > 0 {
		m := l.inbox[0]
		l.inbox = l.inbox[1:]
		var cmds []state.Cmd
		begin, stage := time.Now(), l.state.Photo.Info
		l.state, cmds = state.Update(l.state, m)
		if l.state.Photo.Info != stage {
			l.easels.leave(l.state.Photo.Levels)
		}
		if took, ok := m.(state.Took); ok {
			// What is told of the message is told of the answer.
			m = took.Answer
		}
		updated := time.Now()
		for _, c := range cmds {
			l.run(c)
		}
		ran := time.Now()
		l.config.Show(l.state)
		l.keepSoon(m)
		l.restSoon()
		if l.config.Timed != nil {
			l.config.Timed(m, updated.Sub(begin), ran.Sub(updated), time.Since(ran))
		}
	}
}

// State is the present one. Call it on the window's goroutine.
func (l *Loop) State() state.State { return l.state }

// Close cancels all work, keeps what is open, and waits until all has ended.
// Messages that come later are dropped.
func (l *Loop) Close() {
	l.end()
	l.guard.Lock()
	l.idle.Broadcast()
	l.guard.Unlock()
	l.work.Wait()
	l.keeper.close(l.state)
}

// job runs f in a goroutine with a context that Cancel ends.
func (l *Loop) job(id state.JobID, f func(context.Context, Engine) state.Msg) { l.jobAfter(id, 0, f) }

// jobAfter is job after a while, in which nothing gives way to it. What is
// cancelled meanwhile does not run.
func (l *Loop) jobAfter(id state.JobID, wait time.Duration, f func(context.Context, Engine) state.Msg) {
	ctx, cancel := context.WithCancel(l.life)
	if id != 0 {
		l.jobs[id] = cancel
	}
	begin := time.Now()
	if wait == 0 {
		l.enter()
	}
	l.work.Add(1)
	go func() {
		defer l.work.Done()
		var m state.Msg
		if l.rested(ctx, wait) {
			m = f(ctx, l.present())
			l.leave()
		}
		took := time.Since(begin)
		cancel()
		l.config.Post(func() {
			delete(l.jobs, id)
			delete(l.keeps, id)
			if m != nil {
				l.Handle(state.Took{For: took, Answer: m})
			}
		})
	}()
}

// rested waits, and says whether what is waited for is still wanted; it is in
// the foreground from then on.
func (l *Loop) rested(ctx context.Context, wait time.Duration) bool {
	if wait == 0 {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		l.enter()
		return true
	}
}

// enter and leave count what the background gives way to.
func (l *Loop) enter() {
	l.guard.Lock()
	l.busy++
	l.begun = time.Now()
	l.guard.Unlock()
}

func (l *Loop) leave() {
	l.guard.Lock()
	l.busy--
	l.idle.Broadcast()
	l.guard.Unlock()
}

func (l *Loop) present() Engine {
	l.guard.Lock()
	defer l.guard.Unlock()
	return l.engine
}
