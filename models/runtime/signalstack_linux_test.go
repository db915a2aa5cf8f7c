package runtime

import (
	stdruntime "runtime"
	"syscall"
	"testing"
	"unsafe"
)

// stack is the kernel's stack_t.
type stack struct {
	at    uintptr
	flags int32
	size  uintptr
}

// signalStack tells the thread's stack for signals, and sets another.
func signalStack(t *testing.T, set *stack) (was stack) {
	t.Helper()
	if _, _, err := syscall.RawSyscall(syscall.SYS_SIGALTSTACK, uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(&was)), 0); err != 0 {
		t.Fatal(err)
	}
	return was
}

// What a library sets for its thread is undone, so that it may free it.
func TestSignalStackIsKept(t *testing.T) {
	stdruntime.LockOSThread()
	defer stdruntime.UnlockOSThread()
	memory, err := syscall.Mmap(-1, 0, 1<<16, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(memory)
	before := signalStack(t, nil)
	err = keepSignalStack(func() error {
		signalStack(t, &stack{at: uintptr(unsafe.Pointer(&memory[0])), size: uintptr(len(memory))})
		return ErrClosed
	})
	if err != ErrClosed {
		t.Errorf("error %v", err)
	}
	if after := signalStack(t, nil); after.at != before.at || after.size != before.size {
		t.Errorf("the stack is %+v, was %+v", after, before)
	}
}
