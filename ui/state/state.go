// Package state is the window without a window: what is open, what runs, and
// what each event does to it. It knows neither Fyne nor ONNX.
//
//	s, cmds := state.New(state.Options{})
//	s, cmds = state.Update(s, state.ItemPicked{Item: 3})
//
// Update is pure: it returns the next State and the commands to carry out.
// Commands run elsewhere (see ui/loop) and answer with messages. Every command
// that can be overtaken carries a job number; the slot it serves remembers the
// newest, and an answer with another number is dropped.
//
// Rules kept here: a State is never changed once returned (slices are copied
// before they change, items are replaced); pictures and results are shared and
// read-only.
package state

import (
	"image"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/session"
	"seewhy/ui/view"
)

// JobID numbers a piece of background work; 0 means none.
type JobID uint64

// MaxPanes bounds the stage.
const MaxPanes = 9

// Phase tells how far the engine's start has come.
type Phase int

// The phases.
const (
	Starting Phase = iota
	Ready
	Failed
)

// State is everything that the window shows.
type State struct {
	Phase Phase
	// Trouble says in words why the engine could not start (Phase Failed).
	Trouble  string
	Version  string
	Settings Settings

	Known   []task.KnownModel
	Devices []task.DeviceInfo
	// Device is the chosen execution provider's ID, or task.Auto.
	Device string
	// TF32 lets NVIDIA's devices round products; see task.Task.TF32.
	TF32 bool
	// Half computes in float16; see task.Task.Half.
	Half bool

	Model   Model
	Items   []*Item
	Current ItemID
	Film    Film
	// Selected are the pictures that marks go to; nil means the current one.
	// The map is replaced, never changed.
	Selected map[ItemID]bool
	// Photo is what the stage shows; it trails Current while a picture loads.
	Photo   Photo
	Forward Forward
	// Before is the answer to the picture without its edits, where it has any.
	Before  Forward
	Edited  Edited
	Marking Marking
	Marks   Marks
	Asking  Asking

	// Panes holds Shown visible panes; the rest keep their settings.
	Panes  [MaxPanes]Pane
	Shown  int
	Active int
	// Solo shows the active pane alone, as large as the stage.
	Solo    bool
	Room    Room
	Links   Links
	Pointer Pointer
	Sweep   Sweep
	// Page is the page of settings; Tour the step of the tour, 0 where none is on.
	Page SettingsPage
	Tour int
	// Budget is how many megabytes one run may take, 0 for half of what is free.
	Budget int64
	// Graph is the picture of the model's operations.
	Graph GraphView
	// Concepts are those of the active pane's map, if it shows one of several.
	Concepts ConceptStrip
	// Panning says that moving the mouse moves the photo.
	Panning bool
	// Carried is the pane that is dragged; nil while none is. dropped says that
	// Esc has ended a drag whose button is still held.
	Carried *Carry
	dropped bool

	Toast Toast
	// Last is the newest finished explanation's timing.
	Last Timing
	// Memory is what the device of that computed in, just afterwards; reading is
	// the job that looks.
	Memory  task.Memory
	reading JobID
	Export  JobID
	// exporting is the file of a report that waits for maps; lacking are the
	// panes that the report being written leaves out.
	exporting exporting
	lacking   []string
	// Recent is what was open lately.
	Recent Recent

	first, last int // places of the filmstrip on the screen
	// anchor is where a selection begins: the picture picked last.
	anchor    ItemID
	options   Options
	gallery   []task.GalleryItem
	restoring *restoring
	// kept is the picture whose classes were saved with it.
	kept ItemID
	// unkept says that the person knows that sessions cannot be kept.
	unkept bool
	jobs   JobID
	ids    ItemID

	history history
	// Done is finished work, the newest first.
	Done []Done
}

// Options are what the program was started with.
type Options struct {
	// Files are images, folders or a model to open at the start.
	Files []string
	// Model is a reference for the engine; empty means the default.
	Model    string
	Settings Settings
	Recent   Recent
	Style    heatmap.Style
	Device   string
	// Budget, TF32 and Half are as in State. Tour begins the tour with the engine.
	Budget int64
	TF32   bool
	Half   bool
	Tour   bool
	// Room is how the window was divided last time.
	Room Room
}

// Settings outlive the program.
type Settings struct {
	// Theme is "system", "light" or "dark".
	Theme string
	// Language is a tag of i18n.Languages.
	Language string
	// Scale is how large everything is shown; see Scales.
	Scale float64
}

// Work is how far a job is: Done in 0..1, or negative where unknown, and about
// how long it will still take, 0 where that is not known.
type Work struct {
	Done float64
	What string
	Left time.Duration
}

// Model is the window's model, which all panes share that have none of their
// own, and the one being opened.
type Model struct {
	Opened
	Job JobID
	// Pane is the one whose own model is being opened; 0 means the window's.
	Pane int
	// Ref and Title are of the model asked for last.
	Ref, Title string
	Work       Work
	// Fetching says that the job is a download.
	Fetching bool
	Err      string
	// Missed names the file of the model that a session or project was made
	// with, while another one stands in for it.
	Missed string

	// missed is what its panes ask once it is opened after all.
	missed *restoring
	// then is what panes open once this one is there, one after another.
	then []later
	// saved is what the pane showed whose own model is being opened.
	saved *session.Pane
}

// Opened is a model in use, with the user's choices for it.
type Opened struct {
	Info    *task.ModelInfo
	Presets []task.Preset
	Choices task.Choices
}

// Photo is the picture on the stage.
type Photo struct {
	Job  JobID
	Item ItemID
	Info *task.ImageInfo
	// Levels holds the picture at halving sizes, largest first, so that the
	// screen never shrinks it by more than two.
	Levels []image.Image
	Err    string
}

// Forward is the plain forward pass of the photo by one model.
type Forward struct {
	Job        JobID
	Item       ItemID
	Prediction *task.Prediction
	Err        string

	// asked are the edits that were asked about last.
	asked []task.Edit
}

// Pane is one view of the photo with its own question.
type Pane struct {
	// Own is the pane's own model, with its answer in Forward; nil means the
	// window's. The first pane has none.
	Own     *Opened
	Forward Forward
	// Before is that model's answer to the picture without its edits.
	Before Forward

	Question
	// answered is the question that Result answers.
	answered Question

	Job  JobID
	Work Work
	// Result belongs to Photo and Model; it stays while a newer one is made.
	// Partial says that it is what a method that samples knew so far.
	Result  *task.Result
	Partial bool
	// meanError is that of Result: it is asked for at every move of the mouse.
	meanError float64
	Err       string
	// Lighter is what would need less, where Err is for want of memory.
	Lighter []task.Lighter

	// paint is the job that colours the map; stale says that the style has
	// changed since it began.
	paint   JobID
	stale   bool
	Overlay *Overlay
	// painted is the overlay's longer side.
	painted int

	// Show is what the pane shows: of a difference, A less B.
	Show    Show
	A, B    int
	Derived *Derived

	Switches Switches
	// Mixed shows all concepts of Result in one picture, where it has any.
	Mixed bool

	// Original says that the pane shows the picture without its edits.
	Original bool
	chase    chase
	// Likeness is what the question's reference looks like.
	Likeness Likeness
	// marks are its own where its model has boxes of its own (see State.MarksOf).
	marks  drawing
	Shares Shares

	View  view.View
	Style heatmap.Style
	Wipe  Wipe
}

// Question is what a pane asks about the photo.
type Question struct {
	Method string
	// Layer is a value's name, or task.Auto.
	Layer string
	// Layers are several that make one map together, where the method can (see
	// State.Layers); Layer is then the first of them.
	Layers []string
	// Class is an index, or task.AutoClass.
	Class  int
	Kind   task.TargetKind
	Rather int
	// KindParam is the number that Kind takes, 0 for its default.
	KindParam float64
	// Params holds, by method, the parameters that differ from their
	// defaults. The maps are replaced, never changed.
	Params map[string]map[string]float64
	Seed   uint64
	// Size is the input size to run at, where the model takes any; zero is its own.
	Size prep.Size
	// Like is the picture that the photo is compared with, where a pane asks for
	// their likeness instead of a class; it is replaced, never changed.
	Like *task.ImageRef
}

// Overlay is a coloured map, opaque where the model looked, ready to be drawn
// over the photo, with what its colour bar needs.
type Overlay struct {
	Image *image.RGBA
	// Style is what it was drawn with; Signed as in heatmap.Field.
	Style  heatmap.Style
	Signed bool
	Range  heatmap.Range
	Ticks  []heatmap.Tick
	// Mixed says that it is of all concepts at once: it has no scale.
	Mixed bool
	// Flat says that the map has no structure.
	Flat bool
	// Cut is where on the scale, 0..1, places are left out; see heatmap.Field.Cut.
	Cut float64
}

// Toast is a short message; a new Serial shows it again.
type Toast struct {
	Serial  int
	Text    string
	Warning bool
}

// Timing is what the status line tells.
type Timing struct {
	Total, Forward time.Duration
	Device         string
}

// DefaultModel is opened at the first start.
const DefaultModel = "builtin:seewhy-scenes-honest"

// defaultMethod is what a new pane asks; pixelMethod what a second one is
// given to compare it with.
const (
	defaultMethod = "gradcam"
	pixelMethod   = "saliency"
)

// New is the window before the engine is there, and the command that starts it.
func New(o Options) (State, []Cmd) {
	if o.Style == (heatmap.Style{}) {
		o.Style = heatmap.DefaultStyle()
	}
	if o.Device == "" {
		o.Device = task.Auto
	}
	if o.Settings.Scale == 0 {
		o.Settings.Scale = 1
	}
	s := State{Settings: o.Settings, Budget: o.Budget, Device: o.Device, TF32: o.TF32, Half: o.Half, Room: o.Room, options: o, Recent: o.Recent, Shown: 1, Links: Links{View: true, Style: true}, Marking: freshMarking()}
	for i := range s.Panes {
		s.Panes[i] = freshPane()
		s.Panes[i].Style, s.Panes[i].View = o.Style, view.View{Fit: true}
	}
	return s, []Cmd{Boot{}}
}

func freshPane() Pane {
	return Pane{Question: Question{Method: defaultMethod, Layer: task.Auto, Class: task.AutoClass, Kind: task.Logit, Rather: task.AutoClass}}
}

func (s *State) job() JobID {
	s.jobs++
	return s.jobs
}

func (s *State) say(warning bool, text string) {
	s.Toast = Toast{Serial: s.Toast.Serial + 1, Text: text, Warning: warning}
}
