package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/runtime"
)

// The CPU serves only where the device failed and nobody asked for that device.
func TestOrOnCPU(t *testing.T) {
	device := fmt.Errorf("a session: %w", runtime.ErrDevice)
	other := errors.New("another failure")
	for _, c := range []struct {
		asked  string
		fails  error
		cancel bool
		tried  []string
	}{
		{"", device, false, []string{"", runtime.CPU}},
		{task.Auto, device, false, []string{task.Auto, runtime.CPU}},
		{task.Auto, nil, false, []string{task.Auto}},
		{task.Auto, other, false, []string{task.Auto}},
		{task.Auto, device, true, []string{task.Auto}},
		{"webgpu", device, false, []string{"webgpu"}},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if c.cancel {
			cancel()
		}
		var tried []string
		got, err := orOnCPU(ctx, task.Task{Device: c.asked}, func(t task.Task) (string, error) {
			tried = append(tried, t.Device)
			if t.Device == c.asked {
				return "", c.fails
			}
			return "done", nil
		})
		cancel()
		again := len(c.tried) == 2
		if !slices.Equal(tried, c.tried) || again && (got != "done" || err != nil) || !again && !errors.Is(err, c.fails) {
			t.Errorf("%+v: tried %q, gave %q, %v", c, tried, got, err)
		}
	}
}
