//go:build unix

package onnx

import (
	"os"
	"syscall"
)

// mapFile shows a file's bytes without reading them: pages come when they are
// touched and go when memory is short. The mapping stays for the process.
func mapFile(f *os.File, size int64) ([]byte, error) {
	return syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
}
