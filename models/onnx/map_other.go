//go:build !unix && !windows

package onnx

import (
	"errors"
	"os"
)

// mapFile is not offered here; the caller reads the file.
func mapFile(*os.File, int64) ([]byte, error) { return nil, errors.ErrUnsupported }
