package runtime

/*
#cgo LDFLAGS: -ldl
#include <dlfcn.h>
#include <stdlib.h>

static const char *seewhy_load(const char *path) {
	return dlopen(path, RTLD_NOW | RTLD_GLOBAL) == NULL ? dlerror() : NULL;
}
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// load loads a shared library for the rest of the process's life, so that
// later ones find it under its bare name.
func load(path string) error {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if message := C.seewhy_load(name); message != nil {
		return fmt.Errorf("%s", C.GoString(message))
	}
	return nil
}

// nvidiaDriver says that this machine has NVIDIA's driver: its library is
// installed with the driver and with nothing else.
func nvidiaDriver() bool { return load("libcuda.so.1") == nil }
