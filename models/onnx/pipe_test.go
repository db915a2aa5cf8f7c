//go:build unix

package onnx_test

import (
	"path/filepath"
	"syscall"
)

// pipe makes one named "pipe"; opening it for reading would block.
func pipe(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600) }
