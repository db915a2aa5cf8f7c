package state

import (
	"image"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/session"
)

// Cmd is work for a goroutine; it answers with messages.
type Cmd interface{ cmd() }

// The commands. Those with a Job can be cancelled and overtaken.
type (
	// Boot creates the engine.
	Boot struct{}
	// ListDevices and ListModels ask the engine.
	ListDevices struct{}
	ListModels  struct{}
	// Cancel ends a job.
	Cancel struct{ Job JobID }
	// FetchModel downloads; OpenModel opens.
	FetchModel struct {
		Job JobID
		Ref string
	}
	OpenModel struct {
		Job JobID
		Ref string
	}
	// Configure sets the user's choices for a model.
	Configure struct {
		Job     JobID
		SHA256  string
		Choices task.Choices
	}
	// ReadLabels reads class names from a file.
	ReadLabels struct {
		Job  JobID
		Path string
	}
	// SortFiles looks what given paths are.
	SortFiles struct{ Paths []string }
	// OpenPhoto decodes a picture for the stage.
	OpenPhoto struct {
		Job  JobID
		Item ItemID
		Ref  string
		// Edits are made on it for the stage.
		Edits []task.Edit
	}
	// Predict runs the model forward.
	Predict struct {
		Job  JobID
		Item ItemID
		Task task.Task
	}
	// Explain makes a map.
	Explain struct {
		Job  JobID
		Task task.Task
	}
	// Keep tells an Explain to end with what it has.
	Keep struct{ Job JobID }
	// Wait answers Waited after a while.
	Wait struct {
		Job JobID
		For time.Duration
	}
	// Compare computes what Show says from the maps of some panes.
	Compare struct {
		Job     JobID
		Show    Show
		Panes   []int
		Maps    []heatmap.Placed
		Picture prep.Size
	}
	// Switch asks the model about the picture with some segments off.
	Switch struct {
		Job      JobID
		Task     task.Task
		Segments task.Segments
		Off      []int
	}
	// OutlineSegments draws their borders at Width x Height.
	OutlineSegments struct {
		Job           JobID
		Segments      task.Segments
		Off           []int
		Place         heatmap.Place
		Width, Height int
	}
	// SweepLayers makes the map at every candidate layer, and a thumbnail of
	// each over Photo. Where Maps are there, it makes the thumbnails alone.
	SweepLayers struct {
		Job   JobID
		Task  task.Task
		Maps  []task.LayerMap
		Photo image.Image
		Style heatmap.Style
	}
	// Paint turns a map into an overlay of Width x Height. Photo is there
	// where the style needs it, at any size.
	Paint struct {
		Job           JobID
		Map           task.Map
		Place         heatmap.Place
		Style         heatmap.Style
		Photo         image.Image
		Width, Height int
		// Concepts, where there are any, are painted instead of Map.
		Concepts []task.Concept
	}
	// Thumbs replaces the list of thumbnails to be made in the background.
	Thumbs struct {
		Wanted []ThumbWant
		// Task predicts labels; its Image is filled in. Without a model hash
		// no labels are made.
		Task task.Task
	}
	// Export writes a report.
	Export struct {
		Job     JobID
		Path    string
		Results []task.Result
		// Styles are those of the results, one each.
		Styles []heatmap.Style
		// Regions are measured for each of them.
		Regions []task.Region
	}
	// ReadProject and WriteProject open and save a project's file.
	ReadProject  struct{ Path string }
	WriteProject struct {
		Path    string
		Session session.Session
	}
	// Remember stores a setting.
	Remember struct{ Key, Value string }
)

// ThumbWant is a filmstrip entry that lacks its thumbnail or its label.
type ThumbWant struct {
	Item  ItemID
	Ref   string
	Thumb bool
	Label bool
	// Asked comes back with the label; see ItemLabelled.
	Asked int
}

func (Boot) cmd()            {}
func (ListDevices) cmd()     {}
func (ListModels) cmd()      {}
func (Cancel) cmd()          {}
func (FetchModel) cmd()      {}
func (OpenModel) cmd()       {}
func (Configure) cmd()       {}
func (ReadLabels) cmd()      {}
func (SortFiles) cmd()       {}
func (OpenPhoto) cmd()       {}
func (Predict) cmd()         {}
func (Explain) cmd()         {}
func (Wait) cmd()            {}
func (Paint) cmd()           {}
func (Thumbs) cmd()          {}
func (Export) cmd()          {}
func (Remember) cmd()        {}
func (ReadProject) cmd()     {}
func (WriteProject) cmd()    {}
func (Compare) cmd()         {}
func (SweepLayers) cmd()     {}
func (Keep) cmd()            {}
func (Switch) cmd()          {}
func (OutlineSegments) cmd() {}
