package runtime

import "os"

// ResidentMemory is how many bytes of main memory the process holds now, and
// the most that it ever held; ok is false where the system does not tell.
func ResidentMemory() (now, peak int64, ok bool) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0, false
	}
	now, _ = procBytes(string(text), "VmRSS:")
	peak, _ = procBytes(string(text), "VmHWM:")
	return now, peak, now > 0 && peak > 0
}
