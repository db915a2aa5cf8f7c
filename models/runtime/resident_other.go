//go:build !linux && !windows

package runtime

// ResidentMemory is how many bytes of main memory the process holds now, and
// the most that it ever held; ok is false where the system does not tell.
func ResidentMemory() (now, peak int64, ok bool) { return 0, 0, false }
