package loop

import (
	"context"
	"image"
)

// Clipboard is the desktop's, for more than text. Its methods block for as
// long as other programs take, and may come from any goroutine.
type Clipboard interface {
	// WriteImage offers a picture, WriteText a text.
	WriteImage(img image.Image) error
	WriteText(text string) error
	// Read takes the files that are there, or else a picture as the bytes of
	// an image file; it fails in words where there is neither.
	Read(ctx context.Context) (files []string, picture []byte, err error)
}
