package task

// Superpixels is how a picture is divided for picking parts of it.
type Superpixels string

// The ways of dividing.
const (
	// SLIC gives about as many pieces as asked for, of about the same size.
	SLIC Superpixels = "slic"
	// Quickshift gives pieces of the size of what is there; LIME's are of it.
	Quickshift Superpixels = "quickshift"
)

// MostSuperpixels bounds the pieces that can be asked for.
const MostSuperpixels = 2000
