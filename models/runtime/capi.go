package runtime

/*
#include <stdlib.h>
#include "ortapi.h"

typedef struct {
	const void *(*table)(uint32_t version);
	const char *(*version)(void);
} seewhy_base;

static const void *seewhy_table(void *get) {
	const seewhy_base *base = ((const seewhy_base *(*)(void))get)();
	return base == NULL ? NULL : base->table(SEEWHY_ORT_VERSION);
}

static const char *seewhy_message(const void *t, OrtStatus *s) { return ORT(t, GetErrorMessage)(s); }
static void seewhy_release(const void *t, OrtStatus *s) { ORT(t, ReleaseStatus)(s); }

static OrtStatus *seewhy_cpu(const void *t, OrtMemoryInfo **out) {
	return ORT(t, CreateCpuMemoryInfo)(OrtArenaAllocator, OrtMemTypeDefault, out);
}

static OrtStatus *seewhy_to_cpu(const void *t, void *binding, const char *name, OrtMemoryInfo *cpu) {
	return ORT(t, BindOutputToDevice)((OrtIoBinding *)binding, name, cpu);
}

static OrtStatus *seewhy_run(const void *t, void *session, void *options, void *binding) {
	return ORT(t, RunWithBinding)((OrtSession *)session, (OrtRunOptions *)options, (OrtIoBinding *)binding);
}

// seewhy_away tells whether a session reads an input from memory that is not the CPU's.
static OrtStatus *seewhy_away(const void *t, const void *session, int *away) {
	size_t n = 0;
	OrtStatus *status = ORT(t, SessionGetInputCount)((const OrtSession *)session, &n);
	if (status != NULL || n == 0)
		return status;
	const OrtMemoryInfo **infos = calloc(n, sizeof *infos);
	if (infos == NULL)
		return NULL;
	status = ORT(t, SessionGetMemoryInfoForInputs)((const OrtSession *)session, infos, n);
	for (size_t i = 0; status == NULL && i < n; i++) {
		OrtMemoryInfoDeviceType type = OrtMemoryInfoDeviceType_CPU;
		if (infos[i] != NULL)
			ORT(t, MemoryInfoGetDeviceType)(infos[i], &type);
		*away |= type != OrtMemoryInfoDeviceType_CPU;
	}
	free(infos);
	return status;
}
*/
import "C"

import (
	"errors"
	"unsafe"
)

// capi is the library's table of functions, for the few calls that the binding
// does not make: a run of an IO binding with options, so that it can be
// stopped, outputs of a binding whose shapes are not known before, and whether a
// session has memory of its own.
type capi struct {
	table unsafe.Pointer
	// cpu describes the main memory. It lives as long as the process.
	cpu *C.OrtMemoryInfo
	// kernels is the domain of our own operators; it lives as long. Nil where
	// the library does not take them.
	kernels unsafe.Pointer
}

// newCAPI asks the loaded library, whose OrtGetApiBase is given, for its table.
func newCAPI(getBase unsafe.Pointer) (*capi, error) {
	a := &capi{table: unsafe.Pointer(C.seewhy_table(getBase))}
	if a.table == nil {
		return nil, errors.New("the library does not know this version of its C interface")
	}
	a.kernels, _ = newKernels(a)
	return a, a.err(C.seewhy_cpu(a.table, &a.cpu))
}

// err is the error that a status tells, which it frees.
func (a *capi) err(status *C.OrtStatus) error {
	if status == nil {
		return nil
	}
	defer C.seewhy_release(a.table, status)
	return errors.New(C.GoString(C.seewhy_message(a.table, status)))
}

// run runs a session on what is bound.
func (a *capi) run(session, options, binding unsafe.Pointer) error {
	return a.err(C.seewhy_run(a.table, session, options, binding))
}

// fetchToCPU leaves the memory of an output to the library: the main memory.
func (a *capi) fetchToCPU(binding unsafe.Pointer, output string) error {
	name := C.CString(output)
	defer C.free(unsafe.Pointer(name))
	return a.err(C.seewhy_to_cpu(a.table, binding, name, a.cpu))
}

// readsAway tells whether a session reads one of its inputs from memory of a
// device, so that something has to be carried there.
func (a *capi) readsAway(session unsafe.Pointer) (bool, error) {
	var away C.int
	err := a.err(C.seewhy_away(a.table, session, &away))
	return away != 0, err
}
