package runtime

import (
	"os"
	"strconv"
	"strings"
)

// ResidentMemory is how many bytes of main memory the process holds now, and
// the most that it ever held; ok is false where the system does not tell.
func ResidentMemory() (now, peak int64, ok bool) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0, false
	}
	now, peak = statusBytes(string(text), "VmRSS:"), statusBytes(string(text), "VmHWM:")
	return now, peak, now > 0 && peak > 0
}

// statusBytes reads a size out of /proc/self/status; 0 where it is not there.
func statusBytes(status, field string) int64 {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, field); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err == nil && kb >= 0 && kb < 1<<50 {
				return kb << 10
			}
		}
	}
	return 0
}
