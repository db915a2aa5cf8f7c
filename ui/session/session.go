// Package session is what is open in the window as a file: the session that
// comes back at the next start, and the project that is handed to a colleague.
//
//	s, err := session.Read("study.seewhy")
//	err = session.Write("study.seewhy", s)
//
// A file holds no pixels and no weights: pictures and models are named by path
// and content, so that one that has changed is noticed. Files are read as
// hostile input: bounded, and checked before anything of them is used.
package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Format is what a file calls itself, Version the form of what it holds, and
// Extension how a project's name ends.
const (
	Format    = "seewhy-session"
	Version   = 1
	Extension = ".seewhy"
)

// Bounds on what a file may hold. 50,000 pictures with long paths take less
// than 24 MB.
const (
	maxBytes    = 32 << 20
	maxPictures = 50_000
	maxPanes    = 9
	maxParams   = 1000
	maxClass    = 1 << 24
)

// maxInput bounds a side of the input size that a pane asks at, in pixels.
const maxInput = 4096

// Session is everything that is open.
type Session struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	// Pictures are the filmstrip, in order; Selected is a place in it, or -1.
	Pictures []Picture `json:"pictures"`
	Selected int       `json:"selected"`
	// Panes are those of the stage; the first one's model is the window's.
	Panes  []Pane `json:"panes"`
	Active int    `json:"active"`
	Solo   bool   `json:"solo,omitempty"`
	// LinkView and LinkStyle say what the panes share.
	LinkView  bool `json:"linkView"`
	LinkStyle bool `json:"linkStyle"`
	// Filter is how the filmstrip is filtered and sorted.
	Filter Filter `json:"filter,omitzero"`
}

// Picture is an entry of the filmstrip.
type Picture struct {
	// Path is a file's, or a name such as "gallery:NAME".
	Path string `json:"path"`
	// Name is what people call it.
	Name string `json:"name,omitempty"`
	// SHA256 is that of the file, in hex; empty where it was never read.
	SHA256 string `json:"sha256,omitempty"`
	// Mark is "", Starred or Rejected.
	Mark string `json:"mark,omitempty"`
	// Note is what the person wrote, at most MaxNote bytes.
	Note string `json:"note,omitempty"`
	// Edits hide parts of the picture; Regions are named parts of it.
	Edits   []task.Edit   `json:"edits,omitempty"`
	Regions []task.Region `json:"regions,omitempty"`
	// Box is the one of a detector's boxes that is asked about: one shape, or none.
	Box []task.Shape `json:"box,omitempty"`
	// Missing says that there is no such file; see Locate.
	Missing bool `json:"-"`
}

// MaxNote bounds a note, in bytes: a page of writing.
const MaxNote = 4000

// The marks of pictures.
const (
	Starred  = "starred"
	Rejected = "rejected"
)

// Pane is one view with its question.
type Pane struct {
	// Task is the question without the picture.
	Task task.Task `json:"task"`
	// Own says that the pane's model is not the window's.
	Own bool `json:"own,omitempty"`
	// Params are the settings of methods that the pane asked before, by method.
	Params map[string]map[string]float64 `json:"params,omitempty"`
	// Show is "", "difference" or "agreement"; of a difference, A less B.
	Show  string        `json:"show,omitempty"`
	A     int           `json:"a,omitempty"`
	B     int           `json:"b,omitempty"`
	Style heatmap.Style `json:"style"`
	// Original says that the pane shows the picture without its edits.
	Original bool `json:"original,omitempty"`
	// Wipe is the place of the before/after line, 0 to 1, where Wiped.
	Wiped bool    `json:"wiped,omitempty"`
	Wipe  float64 `json:"wipe,omitempty"`
	// Missing says that the model's file is not there; see Locate.
	Missing bool `json:"-"`
}

// ErrVersion says that a file comes from another version of the program.
var ErrVersion = errors.New("the file was written by another version of SeeWhy")

// Encode writes a session as JSON.
func Encode(w io.Writer, s Session) error {
	s.Format, s.Version = Format, Version
	if err := s.Check(); err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(s)
}

// Decode reads and checks a session: what it gives back can be used without
// another look, but for names of methods, layers and parameters, which only
// the model can tell, and for files, which may be gone (see Locate).
func Decode(r io.Reader) (Session, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return Session{}, err
	}
	if len(data) > maxBytes {
		return Session{}, fmt.Errorf("the file is larger than %d MB: it is no session of SeeWhy", maxBytes>>20)
	}
	// The version comes first: another one may have other types.
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil || head.Format != Format {
		return Session{}, errors.New("the file is no session of SeeWhy, or it is damaged")
	}
	if head.Version != Version {
		return Session{}, ErrVersion
	}
	if err := bounded(data); err != nil {
		return Session{}, err
	}
	var file struct {
		Session
		Pictures pictures `json:"pictures"`
	}
	if err := json.Unmarshal(data, &file); file.Pictures.err != nil {
		return Session{}, file.Pictures.err
	} else if err != nil {
		return Session{}, errors.New("the file is no session of SeeWhy, or it is damaged")
	}
	s := file.Session
	s.Pictures = file.Pictures.list
	return s, s.Check()
}

// Check holds a session to its bounds.
func (s Session) Check() error {
	switch {
	case len(s.Pictures) > maxPictures:
		return fmt.Errorf("the session has %d pictures; at most %d are kept", len(s.Pictures), maxPictures)
	case s.Selected < -1 || s.Selected >= len(s.Pictures):
		return damaged("selected", s.Selected)
	case len(s.Panes) < 1 || len(s.Panes) > maxPanes:
		return damaged("panes", len(s.Panes))
	case s.Active < 0 || s.Active >= len(s.Panes):
		return damaged("active", s.Active)
	case s.Panes[0].Own:
		return damaged("panes[0].own", true)
	}
	for _, p := range s.Pictures {
		if err := p.check(); err != nil {
			return err
		}
	}
	if err := s.Filter.check(); err != nil {
		return err
	}
	for i, p := range s.Panes {
		if err := p.check(); err != nil {
			return fmt.Errorf("pane %d: %w", i+1, err)
		}
	}
	return nil
}

func damaged(field string, value any) error {
	return fmt.Errorf("the session's %s cannot be %v", field, value)
}

func (p Pane) check() error {
	t := p.Task
	params := len(t.Params)
	for _, values := range p.Params {
		params += len(values)
	}
	source := func(k int) bool { return k >= -1 && k < maxPanes }
	class := func(k int) bool { return k >= task.AutoClass && k < maxClass }
	switch {
	case t.Schema != task.Schema:
		return ErrVersion
	case !target.Known(t.Target.Kind):
		return damaged("target.kind", t.Target.Kind)
	case !setting(t.Target):
		return damaged("target.param", t.Target.Param)
	case !class(t.Target.Class):
		return damaged("target.class", t.Target.Class)
	case !class(t.Target.Rather):
		return damaged("target.rather", t.Target.Rather)
	case !FitSize(t.Size):
		return damaged("size", t.Size)
	case len(t.Layers) > task.MaxLayers:
		return damaged("layers", len(t.Layers))
	case params > maxParams || len(p.Params) > maxParams:
		return damaged("params", params)
	case !slices.Contains([]string{"", "difference", "agreement"}, p.Show):
		return damaged("show", p.Show)
	case !source(p.A) || !source(p.B):
		return damaged("difference", [2]int{p.A, p.B})
	case !share(p.Wipe):
		return damaged("wipe", p.Wipe)
	}
	if !reflect.DeepEqual(t.Preprocess, prep.Spec{}) {
		if err := t.Preprocess.Check(); err != nil {
			return err
		}
	}
	return checkStyle(p.Style)
}

func checkStyle(s heatmap.Style) error {
	if _, err := heatmap.ColormapByID(s.Colormap); err != nil {
		return err
	}
	switch {
	case !share(s.Alpha) || !share(s.Threshold) || !share(s.Percentile) || !share(s.Clip):
		return damaged("style", fmt.Sprintf("%g, %g, %g, %g", s.Alpha, s.Threshold, s.Percentile, s.Clip))
	case s.Contours < 0 || s.Contours > heatmap.MaxContours:
		return damaged("style.contours", s.Contours)
	case !slices.Contains([]heatmap.Mode{heatmap.Colours, heatmap.Lines, heatmap.Mask, heatmap.Blur}, s.Mode):
		return damaged("style.mode", s.Mode)
	}
	return nil
}

// FitSize says that a pane can ask at a size: the zero one, which is the model's
// own, or one of two sides of at most 4096 pixels.
func FitSize(s prep.Size) bool {
	side := func(n int) bool { return n >= 1 && n <= maxInput }
	return s == (prep.Size{}) || side(s.Width) && side(s.Height)
}

func setting(t task.Target) bool {
	_, err := target.Of(t.Kind).Setting(t.Param)
	return err == nil
}

func share(v float64) bool { return v >= 0 && v <= 1 && !math.IsNaN(v) }
