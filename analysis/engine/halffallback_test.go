package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/runtime"
)

// Where float16 fails on a device that was chosen automatically, that device is
// tried in float32 before the CPU is, and what failed is known the next time.
// One that was asked for says what is wrong.
func TestFloat16FallsBackToFloat32(t *testing.T) {
	failed := fmt.Errorf("in float16: %w", runtime.ErrDevice)
	short := fmt.Errorf("%w: %w", runtime.ErrDevice, runtime.ErrMemory)
	hung := fmt.Errorf("on webgpu: %w", runtime.ErrHung)
	const half, full, cpu = "auto float16", "auto", "cpu"
	for _, c := range []struct {
		name        string
		asked       string
		best        string
		fails       map[string]error
		first, then []string
		note        string
	}{
		{"float16 works", task.Auto, "webgpu", nil, []string{half}, []string{half}, ""},
		{
			"float16 fails", task.Auto, "webgpu",
			map[string]error{half: failed},
			[]string{half, full},
			[]string{full},
			"Computed in float32, because %s failed in float16: %s",
		},
		{
			"both fail", task.Auto, "webgpu",
			map[string]error{half: failed, full: failed},
			[]string{half, full, cpu},
			[]string{cpu},
			"Computed on the CPU, because %s failed: %s",
		},
		{
			"memory is short", task.Auto, "webgpu",
			map[string]error{half: short},
			[]string{half, cpu},
			[]string{half, cpu},
			"Computed on the CPU, because %s failed: %s",
		},
		{
			"the driver hangs", task.Auto, "webgpu",
			map[string]error{half: hung},
			[]string{half, cpu},
			[]string{half, cpu},
			"Computed on the CPU, because %s failed: %s",
		},
		// It computes no float16, so that there is nothing to leave out.
		{
			"a device without float16", task.Auto, "xnnpack",
			map[string]error{half: failed},
			[]string{half, cpu},
			[]string{cpu},
			"Computed on the CPU, because %s failed: %s",
		},
		{"the device was asked for", "webgpu", "webgpu", map[string]error{"webgpu float16": failed}, []string{"webgpu float16"}, []string{"webgpu float16"}, ""},
	} {
		e := newTestEngine(t, Options{})
		e.best = func(context.Context) string { return c.best }
		for i, want := range [][]string{c.first, c.then} {
			var tried []string
			ask := task.Task{Device: c.asked, Half: true, Model: task.ModelRef{SHA256: "m"}}
			_, how, err := fallingBack(t.Context(), e, ask, "saliency", func(t task.Task) (string, error) {
				at := t.Device
				if t.Half && at != runtime.CPU {
					at += " float16"
				}
				tried = append(tried, at)
				return "", c.fails[at]
			})
			note := ""
			if n := how.note(); n != nil {
				note = n.Key
				if n.Args[0] != c.best || !n.Warning {
					t.Errorf("%s: the note is %+v", c.name, n)
				}
			}
			if !slices.Equal(tried, want) || note != c.note || (err != nil) != (c.asked != task.Auto) {
				t.Errorf("%s, time %d: tried %q, want %q; %v; the note is %q", c.name, i, tried, want, err, note)
			}
		}
		// In float32 nothing is known to fail that failed in float16 alone.
		plain := task.Task{Device: c.asked, Model: task.ModelRef{SHA256: "m"}}
		known := e.failures.known(plain, c.best, "saliency") != nil
		if want := c.fails[full] != nil || c.name == "a device without float16"; known != want {
			t.Errorf("%s: float32 is known to fail: %t, want %t", c.name, known, want)
		}
	}
}

// The same on a device: a map in float32 from it, with the note and a task that
// asks for no float16; and, where the device was asked for, an error.
func TestFloat16FallsBackOnDevice(t *testing.T) {
	device := os.Getenv(testDevice)
	if device == "" || !runtime.Half(device) {
		t.Skip(testDevice + " names no device that computes in float16")
	}
	e := newTestEngine(t, Options{})
	e.best = func(context.Context) string { return device }
	// The first gradient is short of float16, whatever the driver has.
	e.ladder.short = func(key string, _ int) error {
		if strings.Contains(key, "float16") {
			return fmt.Errorf("a float16 session: %w", runtime.ErrDevice)
		}
		return nil
	}
	info, err := e.OpenModel(t.Context(), peersDir+"vgg.onnx", nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := task.Task{Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Method: "saliency", Target: task.Target{Class: 3}, Half: true}
	r, err := e.Explain(t.Context(), ask, nil)
	if err != nil {
		t.Fatal(err)
	}
	told := slices.ContainsFunc(r.Notes, func(n task.Note) bool {
		return n.Warning && n.Key == "Computed in float32, because %s failed in float16: %s" && n.Args[0] == device
	})
	if r.Device != device || r.Task.Half || !told {
		t.Errorf("computed on %s, float16 %t, with the notes %+v", r.Device, r.Task.Half, r.Notes)
	}
	ask.Device = device
	if _, err := e.Explain(t.Context(), ask, nil); !errors.Is(err, runtime.ErrDevice) {
		t.Errorf("with %s asked for: %v", device, err)
	}
}

// A device that refuses a model in float16 is told of with what may help; what
// may pass, and what float32 does not change, is told of as it is.
func TestNarrowly(t *testing.T) {
	device := fmt.Errorf("a: %w", runtime.ErrDevice)
	for _, c := range []struct {
		half bool
		err  error
		adds bool
	}{
		{true, device, true},
		{false, device, false},
		{true, fmt.Errorf("%w: %w", device, runtime.ErrMemory), false},
		{true, runtime.ErrHung, false},
		{true, errors.New("another"), false},
	} {
		got := (&session{half: c.half}).narrowly(c.err)
		if adds := strings.HasSuffix(got.Error(), "; in float32 it may do"); adds != c.adds || !errors.Is(got, c.err) {
			t.Errorf("%+v became %v", c, got)
		}
	}
}
