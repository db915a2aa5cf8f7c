package prep

// Spec is preprocessing as data: how a picture becomes the model's input. It
// is what a sidecar declares, what the window shows in words, and what a
// report stores. A value x of the input is (pixel*Scale - Mean[c]) / Std[c]
// with pixel in 0..255.
type Spec struct {
	Resize Resize `json:"resize"`
	// Crop is a centre crop after Resize; zero means none.
	Crop Size `json:"crop,omitzero"`
	// Channels is the order and number of channels: RGB, BGR or GRAY.
	Channels Channels `json:"channels"`
	// Scale multiplies a pixel in 0..255 before the mean is taken off;
	// 1/255 for models that expect 0..1.
	Scale float64 `json:"scale"`
	// Mean and Std are per channel, in the order of Channels. Empty means 0 and 1.
	Mean []float64 `json:"mean,omitempty"`
	Std  []float64 `json:"std,omitempty"`
	// Invert replaces a pixel p by 255-p first (white on black digits).
	Invert bool `json:"invert,omitempty"`
}

// Size is in pixels.
type Size struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// ResizeMode says what Resize aims at.
type ResizeMode string

const (
	// ResizeShorter scales so that the shorter side becomes Size, keeping the
	// aspect ratio (torchvision's Resize(int)).
	ResizeShorter ResizeMode = "shorter"
	// ResizeSquash scales to exactly Width x Height.
	ResizeSquash ResizeMode = "squash"
	// ResizePad scales to fit inside Width x Height and pads evenly with
	// the mean colour ("letterbox").
	ResizePad ResizeMode = "pad"
	// ResizeNone leaves the picture as it is (models of dynamic size).
	ResizeNone ResizeMode = "none"
)

// Resize is the first step.
type Resize struct {
	Mode   ResizeMode `json:"mode"`
	Size   int        `json:"size,omitempty"`
	Width  int        `json:"width,omitempty"`
	Height int        `json:"height,omitempty"`
	// Filter is nearest, box, bilinear, hamming, bicubic or lanczos; empty is bilinear.
	Filter string `json:"filter,omitempty"`
	// Antialias widens the filter when shrinking, as PIL does (the default of
	// torchvision on PIL images). False is OpenCV's way.
	Antialias bool `json:"antialias"`
}

// Channels is the channel order.
type Channels string

const (
	RGB  Channels = "RGB"
	BGR  Channels = "BGR"
	Gray Channels = "GRAY"
)

// Count is 3, or 1 for Gray.
func (c Channels) Count() int {
	if c == Gray {
		return 1
	}
	return 3
}

// Layout is the order of the input's dimensions.
type Layout string

const (
	NCHW Layout = "NCHW"
	NHWC Layout = "NHWC"
)

// Region is the part of the source picture that the model saw, in pixels of
// the upright (EXIF-turned) picture, as fractions allow. A map that covers
// the input covers exactly this rectangle; with ResizePad it reaches outside
// the picture.
type Region struct {
	X0 float64 `json:"x0"`
	Y0 float64 `json:"y0"`
	X1 float64 `json:"x1"`
	Y1 float64 `json:"y1"`
}
