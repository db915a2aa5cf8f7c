package library

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"seewhy/models/prep"
)

// sizeField is Hugging Face's size: a number, a pair [h, w], or one of
// {"shortest_edge"}, {"height","width"}.
type sizeField struct {
	shortest, width, height int
	// bare says that it was a number alone.
	bare, set bool
}

func (s *sizeField) UnmarshalJSON(data []byte) error {
	var one float64
	if json.Unmarshal(data, &one) == nil {
		if string(data) == "null" {
			return nil
		}
		s.shortest, s.bare, s.set = pixelCount(one), true, true
		return nil
	}
	var list []float64
	if json.Unmarshal(data, &list) == nil && len(list) >= 2 {
		// timm writes [channels, height, width].
		n := len(list)
		s.height, s.width, s.set = pixelCount(list[n-2]), pixelCount(list[n-1]), true
		return nil
	}
	var named struct {
		Shortest float64 `json:"shortest_edge"`
		Height   float64 `json:"height"`
		Width    float64 `json:"width"`
	}
	if err := json.Unmarshal(data, &named); err != nil {
		return err
	}
	s.shortest, s.height, s.width = pixelCount(named.Shortest), pixelCount(named.Height), pixelCount(named.Width)
	s.set = s.shortest > 0 || s.height > 0 && s.width > 0
	return nil
}

// pixelCount is -1, which no Spec accepts, for what is no whole number of pixels.
func pixelCount(v float64) int {
	if v != math.Trunc(v) || v < 0 || v > 1e6 {
		return -1
	}
	return int(v)
}

// channelField is a number for all channels or one each.
type channelField []float64

func (c *channelField) UnmarshalJSON(data []byte) error {
	var one float64
	if json.Unmarshal(data, &one) == nil {
		if string(data) != "null" {
			*c = channelField{one, one, one}
		}
		return nil
	}
	return json.Unmarshal(data, (*[]float64)(c))
}

// resampleNames are Pillow's codes.
var resampleNames = []string{"nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"}

// preprocessorConfig takes Hugging Face's preprocessor_config.json.
func (d *discovery) preprocessorConfig(file string, data []byte) error {
	if d.Spec != nil {
		return nil
	}
	var c struct {
		Processor string       `json:"image_processor_type"`
		Extractor string       `json:"feature_extractor_type"`
		DoResize  *bool        `json:"do_resize"`
		Size      sizeField    `json:"size"`
		Resample  *int         `json:"resample"`
		CropPct   *float64     `json:"crop_pct"`
		DoCrop    *bool        `json:"do_center_crop"`
		Crop      sizeField    `json:"crop_size"`
		DoRescale *bool        `json:"do_rescale"`
		Factor    *float64     `json:"rescale_factor"`
		Offset    bool         `json:"rescale_offset"`
		DoNormal  *bool        `json:"do_normalize"`
		Mean      channelField `json:"image_mean"`
		Std       channelField `json:"image_std"`
		DoFlipBGR bool         `json:"do_flip_channel_order"`
		DoGrey    bool         `json:"do_grayscale"`
	}
	if err := decodeJSON(file, data, &c); err != nil {
		return err
	}
	on := func(b *bool, otherwise bool) bool {
		if b == nil {
			return otherwise
		}
		return *b
	}
	kind := c.Processor + " " + c.Extractor
	s := prep.Spec{Channels: prep.RGB, Scale: 1, Resize: prep.Resize{Mode: prep.ResizeNone}}
	if c.DoFlipBGR {
		s.Channels = prep.BGR
	}
	if c.DoGrey || d.channels == 1 {
		s.Channels = prep.Gray
	}
	filter := "bilinear"
	if strings.Contains(kind, "CLIP") || strings.Contains(kind, "ConvNext") {
		filter = "bicubic"
	}
	if c.Resample != nil {
		if *c.Resample < 0 || *c.Resample >= len(resampleNames) {
			return fmt.Errorf("%s: field \"resample\" is %d; Pillow's filters are 0 to %d", file, *c.Resample, len(resampleNames)-1)
		}
		filter = resampleNames[*c.Resample]
	}
	if on(c.DoResize, c.Size.set) {
		if !c.Size.set {
			return fmt.Errorf("%s: field \"size\" is missing or of a form that is not known", file)
		}
		s.Resize, s.Crop = hfResize(c.Size, c.CropPct, kind)
		s.Resize.Filter, s.Resize.Antialias = filter, true
	}
	if on(c.DoCrop, false) {
		switch {
		case c.Crop.shortest > 0:
			s.Crop = prep.Size{Width: c.Crop.shortest, Height: c.Crop.shortest}
		case c.Crop.width > 0:
			s.Crop = prep.Size{Width: c.Crop.width, Height: c.Crop.height}
		default:
			return fmt.Errorf("%s: field \"crop_size\" is missing or of a form that is not known", file)
		}
	}
	if on(c.DoRescale, true) {
		s.Scale = 1.0 / 255
		if c.Factor != nil {
			s.Scale = *c.Factor
		}
	}
	if on(c.DoNormal, len(c.Mean) > 0) {
		s.Mean, s.Std = fit(c.Mean, s.Channels), fit(c.Std, s.Channels)
	}
	if c.Offset && on(c.DoRescale, true) {
		// EfficientNet: x * factor - 1 comes before the mean.
		if len(s.Mean) == 0 {
			s.Mean = make([]float64, s.Channels.Count())
		}
		for i := range s.Mean {
			s.Mean[i]++
		}
	}
	return d.setSpec(s, file)
}

// hfResize follows the image processors: a bare number means a square for
// those of ViT and its kin and the shorter edge for the rest; ConvNeXt's
// crop_pct enlarges and crops below 384 pixels.
func hfResize(n sizeField, cropPct *float64, kind string) (prep.Resize, prep.Size) {
	if n.width != 0 || n.height != 0 {
		return prep.Resize{Mode: prep.ResizeSquash, Width: n.width, Height: n.height}, prep.Size{}
	}
	side := n.shortest
	convnext := strings.Contains(kind, "ConvNext") || cropPct != nil
	switch {
	case convnext && side >= 384:
		return prep.Resize{Mode: prep.ResizeSquash, Width: side, Height: side}, prep.Size{}
	case convnext:
		pct := 224.0 / 256
		if cropPct != nil {
			pct = *cropPct
		}
		return prep.Resize{Mode: prep.ResizeShorter, Size: scaled(side, pct)}, prep.Size{Width: side, Height: side}
	case n.bare && !strings.Contains(kind, "CLIP") && !strings.Contains(kind, "MobileNet"):
		return prep.Resize{Mode: prep.ResizeSquash, Width: side, Height: side}, prep.Size{}
	}
	return prep.Resize{Mode: prep.ResizeShorter, Size: side}, prep.Size{}
}

// scaled is int(side / pct), or -1 for a share that is none.
func scaled(side int, pct float64) int {
	if !(pct > 0.01 && pct <= 4) || side < 1 || side > maxSide {
		return -1
	}
	return int(float64(side)/pct + 1e-9)
}

// fit repeats or cuts a list of statistics to the channels: grey models are
// sometimes declared with three equal values.
func fit(v []float64, c prep.Channels) []float64 {
	if c == prep.Gray && len(v) == 3 && v[0] == v[1] && v[1] == v[2] {
		return v[:1:1]
	}
	return v
}

// config takes config.json, which Hugging Face's transformers and timm share:
// id2label there, pretrained_cfg here.
func (d *discovery) config(file string, data []byte) error {
	var c struct {
		ID2Label   map[string]string `json:"id2label"`
		Name       string            `json:"_name_or_path"`
		Arch       string            `json:"architecture"`
		Pretrained json.RawMessage   `json:"pretrained_cfg"`
	}
	if err := decodeJSON(file, data, &c); err != nil {
		return err
	}
	if len(c.ID2Label) > 0 && d.Labels == nil {
		labels, err := numbered(file+": field \"id2label\"", c.ID2Label)
		if err != nil {
			d.problem(err)
		} else if !placeholders(labels) {
			d.problem(d.setLabels(labels, file))
		}
	}
	if d.Title == "" && c.Arch != "" {
		d.Title = clean(c.Arch, maxLabel)
	}
	if d.Title == "" && c.Name != "" && !strings.HasPrefix(c.Name, ".") && !strings.HasPrefix(c.Name, "/") {
		d.Title = clean(c.Name, maxLabel)
	}
	if c.Arch != "" || len(c.Pretrained) > 0 {
		return d.timm(file, data, c.Pretrained)
	}
	return nil
}

// placeholders says that all labels are transformers' "LABEL_0", "LABEL_1".
func placeholders(labels []string) bool {
	for i, l := range labels {
		if l != "LABEL_"+strconv.Itoa(i) {
			return false
		}
	}
	return true
}

// numbered turns {"0": "tench", ...} into a list. Gaps stay without a name.
func numbered(file string, names map[string]string) ([]string, error) {
	if len(names) > maxLabels {
		return nil, fmt.Errorf("%s: %d labels; the limit is %d", file, len(names), maxLabels)
	}
	size := 0
	for k := range names {
		i, err := strconv.Atoi(strings.TrimSpace(k))
		if err != nil || i < 0 || i >= maxLabels {
			return nil, fmt.Errorf("%s: %q is no class number (0 to %d)", file, clean(k, 40), maxLabels-1)
		}
		size = max(size, i+1)
	}
	labels := make([]string, size)
	for k, v := range names {
		i, _ := strconv.Atoi(strings.TrimSpace(k))
		labels[i] = v
	}
	return cleanLabels(file, labels)
}
