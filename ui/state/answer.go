package state

import (
	"image"

	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/session"
)

// What commands answer, as messages.
type (
	// EngineReady ends the start.
	EngineReady struct {
		Known   []task.KnownModel
		Gallery []task.GalleryItem
		Version string
		// Session is what was open last time, if that is known; SessionErr
		// says why it cannot be opened.
		Session    *session.Session
		SessionErr string
	}
	// EngineFailed says in words why nothing can be computed.
	EngineFailed struct{ Err string }
	// DevicesListed tells which execution providers work.
	DevicesListed struct{ Devices []task.DeviceInfo }
	// ModelsListed refreshes the menu of models.
	ModelsListed struct{ Known []task.KnownModel }
	// Progressed is a job's report.
	Progressed struct {
		Job  JobID
		Work Work
	}
	// ModelFetched ends a download.
	ModelFetched struct{ Job JobID }
	// ModelOpened ends opening or configuring.
	ModelOpened struct {
		Job     JobID
		Info    task.ModelInfo
		Presets []task.Preset
	}
	// ModelFailed ends it with words.
	ModelFailed struct {
		Job JobID
		Err string
	}
	// LabelsRead holds a file's class names.
	LabelsRead struct {
		Job    JobID
		Path   string
		Labels []string
	}
	// FilesSorted is what was found among given paths.
	FilesSorted struct {
		Images, Models []string
		// Given are the pictures and folders among the given paths, for the
		// list of recent ones.
		Given []string
		// Project is the first project's file among them.
		Project string
		// Refused names a path that is neither, with the number of others.
		Refused string
		Others  int
		// Cut says that a folder held more than the bound.
		Cut bool
	}
	// PhotoOpened holds a picture ready for the stage.
	PhotoOpened struct {
		Job    JobID
		Item   ItemID
		Info   task.ImageInfo
		Levels []image.Image
		Thumb  image.Image
		// Edited is Levels with Edits made on it; none where they are none, or
		// cannot be made, which EditErr says in words.
		Edited  []image.Image
		Edits   []task.Edit
		EditErr string
	}
	// PhotoFailed says why a picture cannot be shown.
	PhotoFailed struct {
		Job  JobID
		Item ItemID
		Err  string
		// Fault is the kind of error; see prep.FaultOf.
		Fault prep.Fault
	}
	// Predicted is a finished forward pass.
	Predicted struct {
		Job        JobID
		Item       ItemID
		Prediction task.Prediction
	}
	// PredictFailed says why there is none.
	PredictFailed struct {
		Job JobID
		Err string
	}
	// Explained is a finished map.
	Explained struct {
		Job    JobID
		Result task.Result
	}
	// Sharpened is a map under way, as far as it is known.
	Sharpened struct {
		Job    JobID
		Result task.Result
	}
	// ExplainFailed says why there is none, and what needs less memory where
	// that was short.
	ExplainFailed struct {
		Job     JobID
		Err     string
		Lighter []task.Lighter
	}
	// Waited ends a Wait.
	Waited struct{ Job JobID }
	// Compared is what was computed from other panes' maps.
	Compared struct {
		Job     JobID
		Derived Derived
		Err     string
	}
	// Outlined is the picture of segments' borders; Switched the model's answer
	// with some off.
	Outlined struct {
		Job   JobID
		Image *image.RGBA
	}
	Switched struct {
		Job        JobID
		Prediction task.Prediction
		Err        string
	}
	// Swept is every candidate layer's map; Err says in words why there is none.
	Swept struct {
		Job    JobID
		Maps   []task.LayerMap
		Thumbs []image.Image
		Err    string
	}
	// Painted is a map in colours.
	Painted struct {
		Job     JobID
		Overlay Overlay
		Err     string
	}
	// ProjectRead is a project's file, or in Err why it cannot be used.
	ProjectRead struct {
		Path    string
		Session session.Session
		Err     string
	}
	// ProjectWritten ends saving; Unread counts the pictures whose content
	// could not be read.
	ProjectWritten struct {
		Path   string
		Unread int
		Err    string
	}
	// SessionNotKept says why what is open could not be kept.
	SessionNotKept struct{ Err string }
	// Exported ends an export; Err is empty where it worked.
	Exported struct {
		Job       JobID
		Path, Err string
	}
)

func (Waited) msg()         {}
func (EngineReady) msg()    {}
func (EngineFailed) msg()   {}
func (DevicesListed) msg()  {}
func (ModelsListed) msg()   {}
func (Progressed) msg()     {}
func (ModelFetched) msg()   {}
func (ModelOpened) msg()    {}
func (ModelFailed) msg()    {}
func (LabelsRead) msg()     {}
func (FilesSorted) msg()    {}
func (PhotoOpened) msg()    {}
func (PhotoFailed) msg()    {}
func (Predicted) msg()      {}
func (PredictFailed) msg()  {}
func (Explained) msg()      {}
func (ExplainFailed) msg()  {}
func (Painted) msg()        {}
func (Exported) msg()       {}
func (Compared) msg()       {}
func (ProjectRead) msg()    {}
func (SessionNotKept) msg() {}
func (ProjectWritten) msg() {}
func (Swept) msg()          {}
func (Sharpened) msg()      {}
func (Outlined) msg()       {}
func (Switched) msg()       {}
