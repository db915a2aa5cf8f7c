package state

import (
	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/view"
)

// Msg is something that happened: an act of the user or an answer to a Cmd.
type Msg interface{ msg() }

// What the user does.
type (
	// FilesGiven are paths that were dropped, picked or named on the command
	// line: images, folders or a model.
	FilesGiven struct{ Paths []string }
	// ModelPicked asks for a model by reference or path: the window's, or in
	// a later pane one of its own. Without a Ref that pane goes back to the
	// window's.
	ModelPicked struct {
		Ref  string
		Pane int
	}
	// DemonstrationPicked shows the honest and the biased model side by side.
	DemonstrationPicked struct{}
	// PresetPicked sets the preprocessing of a pane's model.
	PresetPicked struct {
		Spec prep.Spec
		Pane int
	}
	// LabelsPicked names a file with the class names of a pane's model.
	LabelsPicked struct {
		Path string
		Pane int
	}
	// ItemPicked shows a picture of the filmstrip.
	ItemPicked struct{ Item ItemID }
	// ItemStepped walks the filmstrip by so many places.
	ItemStepped struct{ By int }
	// ItemMarked marks the current picture; the mark that it has is taken off.
	ItemMarked struct{ Mark string }
	// ItemsVisible tells which part of the filmstrip is on the screen, [First, Last).
	ItemsVisible struct{ First, Last int }
	// PaneActivated chooses the pane that the class list serves.
	PaneActivated struct{ Pane int }
	// ClassPicked explains a class, or task.AutoClass, in a pane.
	ClassPicked struct{ Pane, Class int }
	// KindPicked sets what is explained in a pane.
	KindPicked struct {
		Pane int
		Kind task.TargetKind
	}
	// KindParamSet sets the number that what is explained in a pane takes; 0 is its default.
	KindParamSet struct {
		Pane  int
		Value float64
	}
	// RatherPicked asks "why this rather than Class" in a pane.
	RatherPicked struct{ Pane, Class int }
	// MethodPicked sets a pane's method.
	MethodPicked struct {
		Pane int
		ID   string
	}
	// LayerPicked sets a pane's layer, or task.Auto.
	LayerPicked struct {
		Pane  int
		Value string
	}
	// LayerTicked puts a layer to those that a pane's map is made of together,
	// or takes it away; NaturalLayersPicked takes every natural one.
	LayerTicked struct {
		Pane  int
		Value string
	}
	NaturalLayersPicked struct{ Pane int }
	// ParamSet sets a parameter of a pane's method; it is rounded to the
	// parameter's step. Sliding says that more will follow soon.
	ParamSet struct {
		Pane    int
		ID      string
		Value   float64
		Sliding bool
	}
	// ParamsReset takes a method's parameters, the seed and the input size back
	// to their defaults.
	ParamsReset struct{ Pane int }
	// SeedSet sets where a pane's random numbers begin.
	SeedSet struct {
		Pane int
		Seed uint64
	}
	// CompareToggled goes from one pane to two and back.
	CompareToggled struct{}
	// LayoutPicked divides the stage into so many panes, 1..MaxPanes.
	LayoutPicked struct{ Panes int }
	// MethodsCompared, LayersCompared and ClassesCompared fill the stage with
	// the active pane's question put to other methods, layers or classes.
	MethodsCompared struct{}
	LayersCompared  struct{}
	ClassesCompared struct{}
	// ClassPinned adds a pane for a class.
	ClassPinned struct{ Class int }
	// PaneClosed takes a pane away; the first one stays.
	PaneClosed struct{ Pane int }
	// PaneSoloed shows a pane alone, or all again.
	PaneSoloed struct{ Pane int }
	// ShowPicked sets what a pane shows: of a difference, A less B; panes that
	// have no map of their own are replaced by the first that have. The number
	// after the last pane's adds one.
	ShowPicked struct {
		Pane int
		Show Show
		A, B int
	}
	// LinksSet joins panes or frees them.
	LinksSet struct{ Links Links }
	// PointerMoved tells where the mouse is over the photo of a pane, as
	// fractions of it; without On it has left.
	PointerMoved struct {
		Pane int
		X, Y float64
		On   bool
	}
	// PanHeld says that the key is down with which the mouse moves the photo.
	PanHeld struct{ On bool }

	// Kept ends a pane's sampling and keeps what is there.
	Kept struct{ Pane int }
	// MethodPresetPicked sets a pane's parameters to one of its method's presets.
	MethodPresetPicked struct {
		Pane int
		ID   string
	}
	// SegmentsToggled begins or ends the play with a pane's segments.
	SegmentsToggled struct{ Pane int }
	// SegmentPressed switches the segment under a point of the photo, given in
	// fractions of it; SegmentSwitched one by its number; SegmentsReset
	// switches all on.
	SegmentPressed struct {
		Pane int
		X, Y float64
	}
	SegmentSwitched struct{ Pane, Segment int }
	SegmentsReset   struct{ Pane int }
	// SweepToggled shows or hides the strip of every layer's map.
	SweepToggled struct{}

	// The messages about style are for the active pane, or for all where
	// Links.Style is set.

	// AlphaSet sets the overlay's opacity, 0..1.
	AlphaSet struct{ Alpha float64 }
	// AlphaStepped changes it.
	AlphaStepped struct{ By float64 }
	// ColormapPicked sets the colour map.
	ColormapPicked struct{ ID string }
	// SmoothSet chooses between interpolation and the layer's true grid.
	SmoothSet struct{ Smooth bool }
	// ModePicked sets how the map is laid over the photo.
	ModePicked struct{ Mode heatmap.Mode }
	// ThresholdSet and PercentileSet leave weak places out; see heatmap.Style.
	ThresholdSet  struct{ Threshold float64 }
	PercentileSet struct{ Percentile float64 }
	// ContoursSet sets the number of contour lines.
	ContoursSet struct{ Contours int }
	// WipeSet puts the before/after line of a pane at a fraction of the photo.
	WipeSet struct {
		Pane int
		At   float64
	}
	// WipeToggled puts the line into the middle of the active pane, or takes
	// it away.
	WipeToggled struct{}

	// The messages about the view are for a pane, or for all where Links.View
	// is set.

	// Zoomed scales the view by Factor around the point X, Y of a viewport.
	Zoomed struct {
		Pane   int
		Factor float64
		X, Y   float64
		Port   view.Port
	}
	// Panned moves the view by so many screen units.
	Panned struct {
		Pane   int
		DX, DY float64
		Port   view.Port
	}
	// Fitted shows the whole picture.
	Fitted struct{ Pane int }
	// ActualSized shows one pixel of the photo as one pixel of the screen.
	ActualSized struct {
		Pane int
		Port view.Port
	}
	// DevicePicked sets the execution provider.
	DevicePicked struct{ ID string }
	// ThemePicked and LanguagePicked change the settings.
	ThemePicked    struct{ Theme string }
	LanguagePicked struct{ Tag string }
	// Cancelled stops what runs.
	Cancelled struct{}
	// ExportPicked writes the report to a file; where it is to Wait, once the
	// maps of all panes are there.
	ExportPicked struct {
		Path string
		Wait bool
	}
	// ProjectPicked opens a project's file, ProjectSaved writes one.
	ProjectPicked struct{ Path string }
	ProjectSaved  struct{ Path string }
	// SessionCleared closes everything and shows what the first start shows.
	SessionCleared struct{}
	// Said shows a short message.
	Said struct {
		Text    string
		Warning bool
	}
)

func (FilesGiven) msg()          {}
func (ModelPicked) msg()         {}
func (DemonstrationPicked) msg() {}
func (PresetPicked) msg()        {}
func (LabelsPicked) msg()        {}
func (ItemPicked) msg()          {}
func (ItemStepped) msg()         {}
func (ItemsVisible) msg()        {}
func (ItemMarked) msg()          {}
func (PaneActivated) msg()       {}
func (ClassPicked) msg()         {}
func (KindPicked) msg()          {}
func (RatherPicked) msg()        {}
func (KindParamSet) msg()        {}
func (MethodPicked) msg()        {}
func (LayerPicked) msg()         {}
func (LayerTicked) msg()         {}
func (NaturalLayersPicked) msg() {}
func (ParamSet) msg()            {}
func (ParamsReset) msg()         {}
func (SeedSet) msg()             {}
func (CompareToggled) msg()      {}
func (AlphaSet) msg()            {}
func (AlphaStepped) msg()        {}
func (ColormapPicked) msg()      {}
func (SmoothSet) msg()           {}
func (Zoomed) msg()              {}
func (Panned) msg()              {}
func (Fitted) msg()              {}
func (ActualSized) msg()         {}
func (DevicePicked) msg()        {}
func (ThemePicked) msg()         {}
func (LanguagePicked) msg()      {}
func (Cancelled) msg()           {}
func (ExportPicked) msg()        {}
func (Said) msg()                {}
func (ProjectPicked) msg()       {}
func (ProjectSaved) msg()        {}
func (SessionCleared) msg()      {}
func (LayoutPicked) msg()        {}
func (MethodsCompared) msg()     {}
func (LayersCompared) msg()      {}
func (ClassesCompared) msg()     {}
func (ClassPinned) msg()         {}
func (PaneClosed) msg()          {}
func (PaneSoloed) msg()          {}
func (ShowPicked) msg()          {}
func (LinksSet) msg()            {}
func (PointerMoved) msg()        {}
func (PanHeld) msg()             {}
func (ModePicked) msg()          {}
func (ThresholdSet) msg()        {}
func (PercentileSet) msg()       {}
func (ContoursSet) msg()         {}
func (WipeSet) msg()             {}
func (WipeToggled) msg()         {}
func (SweepToggled) msg()        {}
func (Kept) msg()                {}
func (MethodPresetPicked) msg()  {}
func (SegmentsToggled) msg()     {}
func (SegmentPressed) msg()      {}
func (SegmentSwitched) msg()     {}
func (SegmentsReset) msg()       {}
