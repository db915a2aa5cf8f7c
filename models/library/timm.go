package library

import (
	"encoding/json"
	"fmt"
	"slices"

	"seewhy/models/prep"
)

// timmConfig is what matters of timm's pretrained_cfg; older files have the
// same fields at the top.
type timmConfig struct {
	Input         []int             `json:"input_size"`
	Interpolation string            `json:"interpolation"`
	CropPct       *float64          `json:"crop_pct"`
	CropMode      string            `json:"crop_mode"`
	Mean          channelField      `json:"mean"`
	Std           channelField      `json:"std"`
	License       string            `json:"license"`
	LabelNames    []string          `json:"label_names"`
	Descriptions  map[string]string `json:"label_descriptions"`
}

// timm follows timm's create_transform for evaluation: Resize(int(size /
// crop_pct)), CenterCrop(size), / 255, Normalize.
func (d *discovery) timm(file string, data []byte, nested json.RawMessage) error {
	var c timmConfig
	if err := decodeJSON(file, data, &c); err != nil {
		return err
	}
	if len(nested) > 0 {
		if err := decodeJSON(file, nested, &c); err != nil {
			return err
		}
	}
	if d.License == "" {
		d.License = clean(c.License, maxLabel)
	}
	if len(c.LabelNames) > 0 && d.Labels == nil {
		names := slices.Clone(c.LabelNames)
		for i, n := range names {
			if about := c.Descriptions[n]; about != "" {
				names[i] = about
			}
		}
		labels, err := cleanLabels(file+": field \"label_names\"", names)
		if err != nil {
			return err
		}
		d.problem(d.setLabels(labels, file))
	}
	if d.Spec != nil || len(c.Input) == 0 {
		return nil
	}
	if len(c.Input) != 3 {
		return fmt.Errorf("%s: field \"input_size\" has %d numbers; channels, height and width are wanted", file, len(c.Input))
	}
	s := prep.Spec{Channels: prep.RGB, Scale: 1.0 / 255}
	if c.Input[0] == 1 {
		s.Channels = prep.Gray
	}
	s.Mean, s.Std = fit(c.Mean, s.Channels), fit(c.Std, s.Channels)
	size := prep.Size{Width: c.Input[2], Height: c.Input[1]}
	pct := 0.875
	if c.CropPct != nil {
		pct = *c.CropPct
	}
	switch c.CropMode {
	case "squash":
		s.Resize = prep.Resize{Mode: prep.ResizeSquash, Width: scaled(size.Width, pct), Height: scaled(size.Height, pct)}
	case "", "center":
		s.Resize = prep.Resize{Mode: prep.ResizeShorter, Size: scaled(max(size.Width, size.Height), pct)}
	case "border":
		s.Resize = prep.Resize{Mode: prep.ResizePad, Width: scaled(size.Width, pct), Height: scaled(size.Height, pct)}
	default:
		return fmt.Errorf("%s: field \"crop_mode\" is %q; center, squash and border are known", file, clean(c.CropMode, 40))
	}
	s.Crop = size
	s.Resize.Filter, s.Resize.Antialias = c.Interpolation, true
	if c.Interpolation == "random" {
		s.Resize.Filter = "bilinear"
	}
	return d.setSpec(s, file)
}
