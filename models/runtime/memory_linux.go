package runtime

import (
	"os"
	"strconv"
	"strings"
)

func freeMemory() (int64, bool) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	free, ok := availableIn(string(text))
	if !ok {
		return 0, false
	}
	group := func(name string) string {
		text, err := os.ReadFile("/sys/fs/cgroup/" + name)
		if err != nil {
			return ""
		}
		return string(text)
	}
	if left, limited := leftInGroup(group("memory.max"), group("memory.current"), group("memory.stat")); limited {
		free = min(free, left)
	}
	return free, true
}

// availableIn reads MemAvailable out of /proc/meminfo, in bytes.
func availableIn(meminfo string) (int64, bool) {
	for line := range strings.Lines(meminfo) {
		if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kb << 10, err == nil && kb >= 0 && kb < 1<<50
		}
	}
	return 0, false
}

// leftInGroup is what a control group (version 2) may still take. Its files in
// memory that are not in use are given up when wanted, and count as free.
func leftInGroup(most, current, stat string) (int64, bool) {
	limit, err := strconv.ParseInt(strings.TrimSpace(most), 10, 64)
	if err != nil {
		return 0, false // "max", or no such group
	}
	used, err := strconv.ParseInt(strings.TrimSpace(current), 10, 64)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(stat) {
		if rest, ok := strings.CutPrefix(line, "inactive_file "); ok {
			if n, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64); err == nil {
				used -= n
			}
		}
	}
	return max(limit-used, 0), true
}
