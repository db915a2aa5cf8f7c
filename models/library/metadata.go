package library

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"seewhy/models/prep"
)

// metadata takes what the ONNX file says of itself (metadata_props): our own
// sidecar under "seewhy", Ultralytics' names, imgsz and task, and the keys
// that exporters commonly use for labels and statistics.
func (d *discovery) metadata(meta map[string]string) {
	const from = "the model's own metadata"
	if text := meta["seewhy"]; text != "" {
		switch s, ok, err := ParseSidecar(from, bounded(text)); {
		case err != nil:
			d.problem(err)
		case ok:
			kept := d.Found
			s.into(&d.Found, from)
			d.checkOwn(from)
			kept.over(&d.Found)
		}
	}
	if d.Labels == nil {
		for _, key := range []string{"names", "labels", "classes", "class_names", "id2label"} {
			if text := meta[key]; text != "" {
				where := fmt.Sprintf("%s (%q)", from, key)
				labels, err := parseNames(where, bounded(text))
				if err == nil {
					err = d.setLabels(labels, where)
				}
				d.problem(err)
			}
		}
	}
	if d.License == "" {
		d.License = clean(meta["license"], maxLabel)
	}
	if d.About == "" {
		d.About = clean(meta["description"], maxText)
	}
	size := d.size()
	if v, err := parseNumbers(meta["imgsz"]); err != nil {
		d.problem(fmt.Errorf("%s: \"imgsz\" %w", from, err))
	} else if len(v) > 0 {
		h, w := pixelCount(v[0]), pixelCount(v[len(v)-1])
		if w < 1 || h < 1 || w > maxSide || h > maxSide {
			d.problem(fmt.Errorf("%s: \"imgsz\" is %d x %d; the limit is %d", from, w, h, maxSide))
		} else if size.Width == 0 || size.Height == 0 {
			d.Width, d.Height = w, h
			size = prep.Size{Width: w, Height: h}
		}
	}
	d.problem(d.metadataSpec(from, meta, size))
}

// metadataSpec makes preprocessing of declared statistics, or of
// Ultralytics' task.
func (d *discovery) metadataSpec(from string, meta map[string]string, size prep.Size) error {
	if d.Spec != nil {
		return nil
	}
	if size.Width == 0 || size.Height == 0 {
		size = prep.Size{Width: 224, Height: 224}
	}
	mean, err := parseNumbers(meta["mean"])
	if err != nil {
		return fmt.Errorf("%s: \"mean\" %w", from, err)
	}
	std, err := parseNumbers(meta["std"])
	if err != nil {
		return fmt.Errorf("%s: \"std\" %w", from, err)
	}
	preset := func(id string) prep.Spec {
		p, _ := prep.PresetByID(id)
		return p.Spec(size)
	}
	if len(mean) > 0 || len(std) > 0 {
		s := preset("imagenet-torchvision")
		if d.channels == 1 {
			s = preset("grey-unit")
		}
		s.Mean, s.Std = mean, std
		for _, v := range slices.Concat(mean, std) {
			// Statistics beyond 2 are of pixels in 0..255.
			if math.Abs(v) > 2 {
				s.Scale = 1
			}
		}
		return d.setSpec(s, from)
	}
	if strings.Contains(meta["author"], "Ultralytics") {
		if meta["task"] == "classify" {
			return d.setSpec(preset("unit-crop"), from+" (Ultralytics)")
		}
		s := preset("unit")
		s.Resize.Mode = prep.ResizePad
		return d.setSpec(s, from+" (Ultralytics)")
	}
	return nil
}

// over lays what f has over o, and gives o the result's place.
func (f Found) over(o *Found) {
	pick := func(to *string, v string) {
		if v != "" {
			*to = v
		}
	}
	pick(&o.Title, f.Title)
	pick(&o.License, f.License)
	pick(&o.About, f.About)
	pick(&o.Source, f.Source)
	pick(&o.InputName, f.InputName)
	pick(&o.LogitsName, f.LogitsName)
	pick(&o.ProbabilitiesName, f.ProbabilitiesName)
	if f.Spec != nil {
		o.Spec, o.SpecFrom = f.Spec, f.SpecFrom
	}
	if f.Labels != nil {
		o.Labels, o.LabelsFrom = f.Labels, f.LabelsFrom
	}
	if f.Layout != "" {
		o.Layout = f.Layout
	}
	if f.Width > 0 && f.Height > 0 {
		o.Width, o.Height = f.Width, f.Height
	}
	if f.Card != nil {
		o.Card = f.Card
	}
}

func bounded(s string) []byte {
	if len(s) > maxFile {
		s = s[:maxFile]
	}
	return []byte(s)
}

// parseNames reads labels in any of the forms that exporters write: a JSON or
// Python list or dictionary, or names between commas or line ends.
func parseNames(where string, data []byte) ([]string, error) {
	text := strings.TrimSpace(string(data))
	switch {
	case strings.HasPrefix(text, "{"):
		var names map[string]string
		if json.Unmarshal([]byte(text), &names) == nil {
			return numbered(where, names)
		}
		names, err := pythonDict(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		return numbered(where, names)
	case strings.HasPrefix(text, "["):
		var list []string
		if json.Unmarshal([]byte(text), &list) == nil {
			return cleanLabels(where, list)
		}
		list, err := pythonList(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		return cleanLabels(where, list)
	case strings.Contains(text, "\n"):
		return ParseLabels(where, []byte(text))
	case strings.Contains(text, ","):
		if strings.Count(text, ",") >= maxLabels {
			return nil, fmt.Errorf("%s: more than %d labels", where, maxLabels)
		}
		return cleanLabels(where, strings.Split(text, ","))
	}
	return nil, nil
}

// parseNumbers reads "[0.485, 0.456, 0.406]", "(1, 2)", "1,2,3" or "7".
func parseNumbers(s string) ([]float64, error) {
	s = strings.Trim(strings.TrimSpace(s), "[]()")
	if s == "" {
		return nil, nil
	}
	if len(s) > 1000 {
		return nil, fmt.Errorf("is %d characters long; the limit is %d", len(s), 1000)
	}
	var out []float64
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("holds %q, which is no number", clean(p, 40))
		}
		out = append(out, v)
	}
	return out, nil
}
