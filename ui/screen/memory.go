package screen

import (
	"fmt"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// memoryText is what a device that works computes in, as `seewhy devices` says
// it; empty where that is not known.
func memoryText(d task.DeviceInfo) string {
	m := d.Memory
	switch {
	case !d.Works || m == nil:
		return ""
	case m.Card != "":
		return i18n.T("%s, %s, of which %s are free", m.Card, memorySize(m.Total), memorySize(m.Free))
	case m.Total == 0:
		return i18n.T("main memory")
	}
	return i18n.T("main memory, %s, of which %s are free", memorySize(m.Total), memorySize(m.Free))
}

// deviceWords are memoryText and, of a device that Auto passes over for its
// speed, that it does.
func deviceWords(d task.DeviceInfo) string {
	words := memoryText(d)
	if !d.Slow {
		return words
	}
	slow := i18n.T("slower than the CPU")
	if words == "" {
		return slow
	}
	return slow + " · " + words
}

// autoWords say what Auto stands for.
func autoWords(devices []task.DeviceInfo) string {
	for _, d := range devices {
		if d.Chosen {
			return i18n.T("The fastest that works here: %s", i18n.T(d.Title))
		}
	}
	return i18n.T("The fastest that works here")
}

// memorySize is a size of memory in words, by powers of 1024 as --memory and
// the systems' own tools count it. Files are told by size.
func memorySize(n int64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
}

// memoryWords say beside the budget of a run how much memory there is.
func memoryWords(m task.Memory) string {
	if m.Free == 0 {
		return ""
	}
	words := i18n.T("What one run may take; larger work runs in smaller parts. Now free: %s.", memorySize(m.Free))
	switch {
	case m.Used <= 0:
	case m.Card != "":
		// A card tells of all programs together only.
		words = i18n.Sentences(words, i18n.T("All programs together use %s of the card.", memorySize(m.Used)))
	default:
		words = i18n.Sentences(words, i18n.T("SeeWhy uses %s.", memorySize(m.Used)))
	}
	return words
}
