package runtime

/*
#cgo LDFLAGS: -lm
#include "kernel.h"

static OrtStatus *seewhy_domain(const void *t, OrtCustomOpDomain **domain) {
	OrtStatus *status = ORT(t, CreateCustomOpDomain)("app.seewhy", domain);
	size_t n = 0;
	const void *const *kernels = seewhy_kernels(&n);
	for (size_t i = 0; status == NULL && i < n; i++)
		status = ORT(t, CustomOpDomain_Add)(*domain, (const OrtCustomOp *)kernels[i]);
	return status;
}

static OrtStatus *seewhy_add_domain(const void *t, void *options, void *domain) {
	return ORT(t, AddCustomOpDomain)((OrtSessionOptions *)options, (OrtCustomOpDomain *)domain);
}
*/
import "C"

import "unsafe"

// newKernels makes the domain of our own operators.
func newKernels(a *capi) (unsafe.Pointer, error) {
	var domain *C.OrtCustomOpDomain
	if err := a.err(C.seewhy_domain(a.table, &domain)); err != nil {
		return nil, err
	}
	return unsafe.Pointer(domain), nil
}

// addKernels lets a session run our own operators.
func (a *capi) addKernels(options unsafe.Pointer) error {
	return a.err(C.seewhy_add_domain(a.table, options, a.kernels))
}

// forceLoops has the kernels do without instructions that the processor has: 1
// those for vectors of 16 numbers, 2 those for 8, too, 0 none.
func forceLoops(without int) { C.seewhy_force(C.int(without)) }
