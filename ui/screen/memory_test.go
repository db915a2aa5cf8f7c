package screen

import (
	"testing"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

func TestMemoryInOneUnit(t *testing.T) {
	i18n.Use("en")
	for n, want := range map[int64]string{128 << 20: "128 MB", 1<<30 - 1: "1023 MB", 1 << 30: "1.0 GB", 8 << 30: "8.0 GB"} {
		if got := memorySize(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
	const free = "What one run may take; larger work runs in smaller parts. Now free: 4.0 GB."
	for _, c := range []struct {
		m    task.Memory
		want string
	}{
		{task.Memory{}, ""},
		{task.Memory{Free: 4 << 30}, free},
		{task.Memory{Free: 4 << 30, Used: 300 << 20}, free + " SeeWhy uses 300 MB."},
		// Of a card it is told what all programs hold: not this one alone.
		{task.Memory{Card: "NVIDIA H200", Total: 6 << 30, Free: 4 << 30, Used: 2 << 30}, free + " All programs together use 2.0 GB of the card."},
	} {
		if got := memoryWords(c.m); got != c.want {
			t.Errorf("%+v: %q, want %q", c.m, got, c.want)
		}
	}
}

// A device that works but is no faster than the CPU says so, and Automatic says
// what it stands for.
func TestDeviceWords(t *testing.T) {
	i18n.Use("en")
	list := []task.DeviceInfo{
		{ID: "webgpu", Title: "WebGPU", Works: true, Slow: true, Memory: &task.Memory{Total: 2 << 30, Free: 1 << 30}},
		{ID: "xnnpack", Title: "XNNPACK (CPU)", Works: true, Slow: true},
		{ID: "cpu", Title: "CPU", Works: true, Chosen: true},
	}
	for i, want := range []string{"slower than the CPU · main memory, 2.0 GB, of which 1.0 GB are free", "slower than the CPU", ""} {
		if got := deviceWords(list[i]); got != want {
			t.Errorf("%s: %q, want %q", list[i].ID, got, want)
		}
	}
	if got := autoWords(list); got != "The fastest that works here: CPU" {
		t.Errorf("Automatic: %q", got)
	}
	if got := autoWords(nil); got != "The fastest that works here" {
		t.Errorf("Automatic of nothing known: %q", got)
	}
}
