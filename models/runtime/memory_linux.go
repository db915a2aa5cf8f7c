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
	free, ok := procBytes(string(text), "MemAvailable:")
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

func totalMemory() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	total, _ := procBytes(string(text), "MemTotal:")
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
			total = min(total, limit)
		}
	}
	return total
}

// procBytes reads a size out of a file of /proc, in bytes; ok is false, and the
// size 0, where it is not there or is none.
func procBytes(text, field string) (size int64, ok bool) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, field); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil || kb < 0 || kb >= 1<<50 {
				return 0, false
			}
			return kb << 10, true
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
