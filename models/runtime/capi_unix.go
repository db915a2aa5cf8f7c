//go:build !windows

package runtime

/*
#cgo LDFLAGS: -ldl
#include <dlfcn.h>
#include <stdlib.h>

// The library is loaded already: this finds it again.
static void *seewhy_base_of(const char *path) {
	void *library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
	return library == NULL ? NULL : dlsym(library, "OrtGetApiBase");
}
*/
import "C"

import "unsafe"

// apiBase is the address of a loaded library's OrtGetApiBase, nil where it has none.
func apiBase(path string) unsafe.Pointer {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	return C.seewhy_base_of(name)
}
