package runtime

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	kernel32             = windows.NewLazySystemDLL("kernel32.dll")
	globalMemoryStatusEx = kernel32.NewProc("GlobalMemoryStatusEx")
	getProcessMemoryInfo = kernel32.NewProc("K32GetProcessMemoryInfo")
)

// memoryStatus is MEMORYSTATUSEX.
type memoryStatus struct {
	length, load                                                uint32
	total, free, totalPage, freePage, totalVirtual, freeVirtual uint64
	freeExtended                                                uint64
}

// readMemory asks the system; ok is false where it does not tell.
func readMemory() (m memoryStatus, ok bool) {
	m.length = uint32(unsafe.Sizeof(m))
	if globalMemoryStatusEx.Find() != nil {
		return m, false
	}
	done, _, _ := globalMemoryStatusEx.Call(uintptr(unsafe.Pointer(&m)))
	return m, done != 0 && m.total > 0
}

// freeMemory is what lies free, or less where the page file could not hold it:
// Windows promises no more memory than both have.
func freeMemory() (int64, bool) {
	m, ok := readMemory()
	return int64(min(m.free, m.freePage)), ok
}

func totalMemory() int64 {
	m, ok := readMemory()
	if !ok {
		return 0
	}
	return int64(m.total)
}
