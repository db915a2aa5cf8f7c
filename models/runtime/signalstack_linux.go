package runtime

/*
#include <signal.h>

static __thread stack_t seewhy_signals;

static void seewhy_signals_keep(void) { sigaltstack(NULL, &seewhy_signals); }

static void seewhy_signals_back(void) {
	seewhy_signals.ss_flags &= SS_DISABLE;
	sigaltstack(&seewhy_signals, NULL);
}
*/
import "C"

import stdruntime "runtime"

// keepSignalStack calls f and leaves the thread with the stack for signals that
// it had: a library that sets another, and frees it later on whatever thread,
// ends the process at the next signal that Go sends itself.
func keepSignalStack(f func() error) error {
	stdruntime.LockOSThread()
	defer stdruntime.UnlockOSThread()
	C.seewhy_signals_keep()
	defer C.seewhy_signals_back()
	return f()
}
