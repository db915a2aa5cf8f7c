package runtime

import (
	"syscall"
	"unsafe"
)

// apiBase is the address of a loaded library's OrtGetApiBase, nil where it has none.
func apiBase(path string) unsafe.Pointer {
	library, err := syscall.LoadLibrary(path)
	if err != nil {
		return nil
	}
	address, err := syscall.GetProcAddress(library, "OrtGetApiBase")
	if err != nil {
		return nil
	}
	// The code of a loaded library does not move.
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}
