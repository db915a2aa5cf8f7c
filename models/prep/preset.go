package prep

// Preset is a preprocessing that many models share.
type Preset struct {
	ID string
	// Title is English and the key of its translation.
	Title string
	// Channels is 3, or 1 for grey pictures.
	Channels int
	// Spec makes it for an input of size x size pixels or, for a size that
	// is not square, of that width and height.
	Spec func(size Size) Spec
}

// ImageNet statistics, in RGB order and 0..1.
var (
	imagenetMean = []float64{0.485, 0.456, 0.406}
	imagenetStd  = []float64{0.229, 0.224, 0.225}
)

var presets = []Preset{
	{"imagenet-torchvision", "ImageNet (PyTorch, torchvision)", 3, func(n Size) Spec {
		return values(resizeCrop(n, 256.0/224, "bilinear"), RGB, 1.0/255, imagenetMean, imagenetStd)
	}},
	{"imagenet-bicubic", "ImageNet, bicubic (timm, DeiT, Swin)", 3, func(n Size) Spec {
		return values(resizeCrop(n, 1/0.9, "bicubic"), RGB, 1.0/255, imagenetMean, imagenetStd)
	}},
	{"imagenet-squash", "ImageNet values, whole picture", 3, func(n Size) Spec {
		return values(squash(n, "bilinear"), RGB, 1.0/255, imagenetMean, imagenetStd)
	}},
	{"imagenet-caffe-bgr", "ImageNet (Caffe): BGR minus 104, 117, 123", 3, func(n Size) Spec {
		return values(resizeCrop(n, 256.0/224, "bilinear"), BGR, 1, []float64{104, 117, 123}, nil)
	}},
	{"half", "-1 to 1 by mean 0.5 (timm ViT, Hugging Face)", 3, func(n Size) Spec {
		return values(resizeCrop(n, 1/0.9, "bicubic"), RGB, 1.0/255, repeat(0.5), repeat(0.5))
	}},
	{"half-squash", "-1 to 1 by mean 0.5, whole picture", 3, func(n Size) Spec {
		return values(squash(n, "bilinear"), RGB, 1.0/255, repeat(0.5), repeat(0.5))
	}},
	{"tensorflow", "-1 to 1 by (x - 127) / 128 (TensorFlow, EfficientNet-Lite)", 3, func(n Size) Spec {
		return values(resizeCrop(n, 1/0.875, "bicubic"), RGB, 1, repeat(127), repeat(128))
	}},
	{"tensorflow-127.5", "-1 to 1 by x / 127.5 - 1 (Keras)", 3, func(n Size) Spec {
		return values(squash(n, "bilinear"), RGB, 1, repeat(127.5), repeat(127.5))
	}},
	{"unit", "0 to 1", 3, func(n Size) Spec {
		return values(squash(n, "bilinear"), RGB, 1.0/255, nil, nil)
	}},
	{"unit-crop", "0 to 1, centre crop (Ultralytics)", 3, func(n Size) Spec {
		return values(resizeCrop(n, 1, "bilinear"), RGB, 1.0/255, nil, nil)
	}},
	{"clip", "CLIP", 3, func(n Size) Spec {
		return values(resizeCrop(n, 1, "bicubic"), RGB, 1.0/255,
			[]float64{0.48145466, 0.4578275, 0.40821073}, []float64{0.26862954, 0.26130258, 0.27577711})
	}},
	{"bytes", "0 to 255", 3, func(n Size) Spec {
		return values(squash(n, "bilinear"), RGB, 1, nil, nil)
	}},
	{"bgr-unit", "BGR, 0 to 1", 3, func(n Size) Spec {
		return values(squash(n, "bilinear"), BGR, 1.0/255, nil, nil)
	}},
	{"bgr-bytes", "BGR, 0 to 255", 3, func(n Size) Spec {
		return values(squash(n, "bilinear"), BGR, 1, nil, nil)
	}},
	{"grey-bytes", "Grey, 0 to 255 (MNIST, white on black)", 1, func(n Size) Spec {
		return values(squash(n, "bilinear"), Gray, 1, nil, nil)
	}},
	{"grey-bytes-invert", "Grey, 0 to 255, inverted (black ink on paper)", 1, func(n Size) Spec {
		s := values(squash(n, "bilinear"), Gray, 1, nil, nil)
		s.Invert = true
		return s
	}},
	{"grey-unit", "Grey, 0 to 1", 1, func(n Size) Spec {
		return values(squash(n, "bilinear"), Gray, 1.0/255, nil, nil)
	}},
	{"grey-mnist", "Grey, MNIST mean 0.1307 and deviation 0.3081", 1, func(n Size) Spec {
		return values(squash(n, "bilinear"), Gray, 1.0/255, []float64{0.1307}, []float64{0.3081})
	}},
	{"grey-signed", "Grey, -1 to 1 by x / 127.5 - 1", 1, func(n Size) Spec {
		return values(squash(n, "bilinear"), Gray, 1, []float64{127.5}, []float64{127.5})
	}},
}

// Presets lists all, the usual first.
func Presets() []Preset { return append([]Preset(nil), presets...) }

// PresetByID finds one.
func PresetByID(id string) (Preset, bool) {
	for _, p := range presets {
		if p.ID == id {
			return p, true
		}
	}
	return Preset{}, false
}

// resizeCrop resizes the shorter side to ratio times the crop's and crops the
// centre; an input that is not square takes its longer side.
func resizeCrop(n Size, ratio float64, filter string) Spec {
	side := max(n.Width, n.Height)
	return Spec{
		Resize: Resize{Mode: ResizeShorter, Size: min(int(float64(side)*ratio+1e-9), maxSize), Filter: filter, Antialias: true},
		Crop:   n,
	}
}

func squash(n Size, filter string) Spec {
	return Spec{Resize: Resize{Mode: ResizeSquash, Width: n.Width, Height: n.Height, Filter: filter, Antialias: true}}
}

func values(s Spec, c Channels, scale float64, mean, std []float64) Spec {
	s.Channels, s.Scale = c, scale
	s.Mean, s.Std = append([]float64(nil), mean...), append([]float64(nil), std...)
	return s
}

func repeat(v float64) []float64 { return []float64{v, v, v} }
