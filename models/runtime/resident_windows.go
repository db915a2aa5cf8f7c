package runtime

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// memoryCounters is PROCESS_MEMORY_COUNTERS.
type memoryCounters struct {
	size, faults       uint32
	peak, now          uintptr
	quotas             [4]uintptr
	pageFile, peakPage uintptr
}

// ResidentMemory is how many bytes of main memory the process holds now, and
// the most that it ever held; ok is false where the system does not tell.
func ResidentMemory() (now, peak int64, ok bool) {
	var c memoryCounters
	c.size = uint32(unsafe.Sizeof(c))
	if getProcessMemoryInfo.Find() != nil {
		return 0, 0, false
	}
	done, _, _ := getProcessMemoryInfo.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&c)), uintptr(c.size))
	return int64(c.now), int64(c.peak), done != 0 && c.now > 0
}
