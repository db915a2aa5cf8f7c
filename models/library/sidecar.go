package library

import (
	"encoding/json"
	"fmt"

	"seewhy/models/prep"
)

// SidecarVersion is the version of the sidecar's JSON form.
const SidecarVersion = 1

// Sidecar is the file NAME.json beside NAME.onnx: what the graph does not
// say. Every field but SeeWhy may be left out.
type Sidecar struct {
	// SeeWhy is the version of this form, 1. It tells the file from other JSON.
	SeeWhy int    `json:"seewhy"`
	Title  string `json:"title,omitempty"`
	About  string `json:"about,omitempty"`
	// Task is "classification"; other words are kept but mean nothing yet.
	Task    string         `json:"task,omitempty"`
	License string         `json:"license,omitempty"`
	Source  string         `json:"source,omitempty"`
	Input   *SidecarInput  `json:"input,omitempty"`
	Prep    *prep.Spec     `json:"preprocess,omitempty"`
	Output  *SidecarOutput `json:"output,omitempty"`
	Labels  []string       `json:"labels,omitempty"`
	// Card holds facts about training and accuracy, for people and tests.
	Card json.RawMessage `json:"card,omitempty"`
}

// SidecarInput names the picture input. Width and Height are in pixels.
type SidecarInput struct {
	Name   string      `json:"name,omitempty"`
	Layout prep.Layout `json:"layout,omitempty"`
	Width  int         `json:"width,omitempty"`
	Height int         `json:"height,omitempty"`
}

// SidecarOutput names the output that holds one number a class; Kind is
// "logits" or "probabilities".
type SidecarOutput struct {
	Name string `json:"name,omitempty"`
	Kind string `json:"kind,omitempty"`
}

// ParseSidecar reads and checks a sidecar; file serves for messages. A JSON
// object without the field "seewhy" is not a sidecar: ok is false, without an
// error, since NAME.json may belong to another program.
func ParseSidecar(file string, data []byte) (s Sidecar, ok bool, err error) {
	var probe struct {
		SeeWhy *int `json:"seewhy"`
	}
	if err := decodeJSON(file, data, &probe); err != nil {
		return Sidecar{}, false, err
	}
	if probe.SeeWhy == nil {
		return Sidecar{}, false, nil
	}
	if *probe.SeeWhy != SidecarVersion {
		return Sidecar{}, false, fmt.Errorf("%s: field \"seewhy\" is %d; this program reads version %d", file, *probe.SeeWhy, SidecarVersion)
	}
	if err := decodeJSON(file, data, &s); err != nil {
		return Sidecar{}, false, err
	}
	if s.Prep != nil {
		if err := s.Prep.Check(); err != nil {
			return Sidecar{}, false, fmt.Errorf("%s: field \"preprocess\": %w", file, err)
		}
	}
	if in := s.Input; in != nil {
		if in.Layout != "" && in.Layout != prep.NCHW && in.Layout != prep.NHWC {
			return Sidecar{}, false, fmt.Errorf("%s: field \"input.layout\" is %q; it must be NCHW or NHWC", file, clean(string(in.Layout), 20))
		}
		if in.Width < 0 || in.Height < 0 || in.Width > maxSide || in.Height > maxSide {
			return Sidecar{}, false, fmt.Errorf("%s: field \"input\": a size of %d x %d; the limit is %d", file, in.Width, in.Height, maxSide)
		}
		in.Name = clean(in.Name, maxText)
	}
	if out := s.Output; out != nil {
		if out.Kind != "" && out.Kind != "logits" && out.Kind != "probabilities" {
			return Sidecar{}, false, fmt.Errorf("%s: field \"output.kind\" is %q; it must be logits or probabilities", file, clean(out.Kind, 20))
		}
		out.Name = clean(out.Name, maxText)
	}
	if s.Labels, err = cleanLabels(file, s.Labels); err != nil {
		return Sidecar{}, false, err
	}
	s.Title, s.About = clean(s.Title, maxLabel), clean(s.About, maxText)
	s.License, s.Source = clean(s.License, maxLabel), clean(s.Source, maxText)
	return s, true, nil
}

// maxSide bounds a declared input size.
const maxSide = 8192

// into copies what s declares to f.
func (s Sidecar) into(f *Found, from string) {
	f.Title, f.About, f.License, f.Source, f.Card = s.Title, s.About, s.License, s.Source, s.Card
	if s.Prep != nil {
		f.Spec, f.SpecFrom = s.Prep, from
	}
	if len(s.Labels) > 0 {
		f.Labels, f.LabelsFrom = s.Labels, from
	}
	if s.Input != nil {
		f.InputName, f.Layout, f.Width, f.Height = s.Input.Name, s.Input.Layout, s.Input.Width, s.Input.Height
	}
	if s.Output != nil {
		switch s.Output.Kind {
		case "probabilities":
			f.ProbabilitiesName = s.Output.Name
		default:
			f.LogitsName = s.Output.Name
		}
	}
}
