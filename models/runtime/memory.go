package runtime

// fallbackMemory is taken for free where the system does not tell.
const fallbackMemory = 4 << 30

// FreeMemory is how many bytes of main memory a program can still take without
// pushing others out: what the system calls available, or less where a
// container's limit is closer. It is an indication and changes at any time.
func FreeMemory() int64 {
	if free, ok := freeMemory(); ok {
		return free
	}
	return fallbackMemory
}
