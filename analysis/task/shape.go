package task

// Shape is a part of a picture. Places are fractions of the upright picture,
// x from the left and y from the top, 0..1; a point may lie outside of it.
type Shape struct {
	Kind ShapeKind `json:"kind"`
	// Points are two opposite corners of a Box, the corners of a Lasso, the
	// places that a Brush went through.
	Points []Point `json:"points,omitempty"`
	// Radius is a Brush's, as a fraction of the picture's longer side.
	Radius float64 `json:"radius,omitempty"`
	// Width, Height and Runs are a Mask's: its size in cells, and how many
	// cells in row-major order are alternately out and in, out first.
	Width  int   `json:"width,omitempty"`
	Height int   `json:"height,omitempty"`
	Runs   []int `json:"runs,omitempty"`
}

// ShapeKind is how a shape is drawn.
type ShapeKind string

// The kinds of shapes.
const (
	// Box is an upright rectangle.
	Box ShapeKind = "box"
	// Lasso is a closed polygon; where it crosses itself the non-zero rule holds.
	Lasso ShapeKind = "lasso"
	// Brush is a stroke with round ends.
	Brush ShapeKind = "brush"
	// Mask is a set of cells, such as superpixels that were picked.
	Mask ShapeKind = "mask"
)

// Point is a place in a picture, in fractions of it.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Edit hides a part of the picture before the model sees it: what would the
// model say if this were not there? Edits are applied in order.
type Edit struct {
	Shape
	Fill Fill `json:"fill"`
}

// Fill is what an edit puts in the place of what it hides.
type Fill string

// The fills.
const (
	// FillBlur is a strong Gaussian blur of the picture.
	FillBlur Fill = "blur"
	// FillMean is the mean colour of the whole picture.
	FillMean Fill = "mean"
	// FillNoise is independent uniform noise for each pixel and channel.
	FillNoise Fill = "noise"
	// FillGrey is mid-grey, 128 in all channels.
	FillGrey Fill = "grey"
	// FillInpaint continues what surrounds the shape into it.
	FillInpaint Fill = "inpaint"
	// FillRestore shows the picture as it was: an eraser.
	FillRestore Fill = "restore"
)

// Region is a named part of a picture: subject, background, face, watermark.
type Region struct {
	Name   string  `json:"name"`
	Shapes []Shape `json:"shapes"`
	// Asked says that the window asks models that are no classifiers about it (see Task.At).
	Asked bool `json:"asked,omitempty"`
}

// RegionShare is how much of a map lies in a region, beside how much of the
// area does, both 0..1 of the part of the picture that the map covers. Of
// signed maps the magnitudes are counted; of others what display drops (see
// Map.ClampNegative) is not.
type RegionShare struct {
	Name        string  `json:"name"`
	Attribution float64 `json:"attribution"`
	Area        float64 `json:"area"`
}
