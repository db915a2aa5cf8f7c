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
func TestFallingBack(t *testing.T) {
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
		e := newTestEngine(t, Options{})
		// The best device may be the CPU here, whose failures are remembered alike.
		got, how, err := fallingBack(ctx, e, task.Task{Device: c.asked}, "saliency", func(t task.Task) (string, error) {
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
		if again && (!errors.Is(how.failed, c.fails) || how.device == "") || !again && how.failed != nil || how.half {
			t.Errorf("%+v: told %+v", c, how)
		}
	}
}

// What a device failed at is not tried on it again, unless that may pass or
// somebody asks for that device.
func TestFailuresOfDevicesAreRemembered(t *testing.T) {
	device := fmt.Errorf("a session: %w", runtime.ErrDevice)
	one := task.Task{Model: task.ModelRef{SHA256: "m"}, Method: "saliency"}
	other, bigger, asked := one, one, one
	other.Method, bigger.Size.Width, asked.Device = "rise", 320, "webgpu"
	for _, c := range []struct {
		name   string
		fails  error
		second task.Task
		// tries is how often the device was tried in both.
		tries int
	}{
		{"the same again", device, one, 1},
		{"another method", device, other, 2},
		{"another size", device, bigger, 2},
		{"the device that was asked for", device, asked, 2},
		{"short memory", fmt.Errorf("%w: %w", device, runtime.ErrMemory), one, 2},
		{"a driver that hangs", fmt.Errorf("on webgpu: %w", runtime.ErrHung), one, 2},
	} {
		e := newTestEngine(t, Options{})
		tries, onCPU, asks := 0, 0, 0
		do := func(t task.Task) (string, error) {
			if t.Device == runtime.CPU {
				onCPU++
				return "done", nil
			}
			tries++
			return "", c.fails
		}
		for _, ask := range []task.Task{one, c.second} {
			_, how, err := fallingBack(t.Context(), e, ask, ask.Method, do)
			if automatic(ask) {
				asks++
			}
			if automatic(ask) && (err != nil || !errors.Is(how.failed, runtime.ErrDevice)) {
				t.Errorf("%s: %v, told %v", c.name, err, how.failed)
			}
		}
		if tries != c.tries || onCPU != asks {
			t.Errorf("%s: the device was tried %d times, want %d; the CPU did %d of %d", c.name, tries, c.tries, onCPU, asks)
		}
	}
	// Where the forward pass failed, no method need try.
	e := newTestEngine(t, Options{})
	e.failures.put(one, e.device(t.Context(), task.Auto), anything, device)
	_, how, err := fallingBack(t.Context(), e, other, other.Method, func(t task.Task) (string, error) {
		if t.Device != runtime.CPU {
			return "", errors.New("the device was tried")
		}
		return "done", nil
	})
	if err != nil || !errors.Is(how.failed, runtime.ErrDevice) {
		t.Errorf("after a forward pass that failed: %v, told %v", err, how.failed)
	}
}

// A device that failed at one thing is tried at the others: neither a method's
// sweep, nor what has no method, speaks for the method or for the model.
func TestFailuresAreOfWhatWasAsked(t *testing.T) {
	device := fmt.Errorf("a session: %w", runtime.ErrDevice)
	all := []string{"gradcam", sweepOf + "gradcam", sweepOf + "layercam", ofNorms, ofToggled}
	for _, failing := range all {
		e := newTestEngine(t, Options{})
		for _, what := range append([]string{failing}, all...) {
			// The task of a click on the segments has no method.
			tried := false
			_, err := quietly(t.Context(), e, task.Task{Model: task.ModelRef{SHA256: "m"}}, what, func(t task.Task) (string, error) {
				if t.Device != runtime.CPU {
					tried = true
					if what == failing {
						return "", device
					}
				}
				return "done", nil
			})
			known := e.failures.known(task.Task{Model: task.ModelRef{SHA256: "m"}}, e.device(t.Context(), task.Auto), what) != nil
			if err != nil || known != (what == failing) || what != failing && !tried {
				t.Errorf("after %q failed, %q: tried %t, known to fail %t, %v", failing, what, tried, known, err)
			}
		}
	}
}

// A sweep and gradient norms that failed leave Grad-CAM on the device.
func TestASweepFailsForItself(t *testing.T) {
	for what, do := range map[string]func(e *Engine, ask task.Task) error{
		sweepOf + "gradcam": func(e *Engine, ask task.Task) error { _, err := e.Sweep(t.Context(), ask, nil); return err },
		ofNorms:             func(e *Engine, ask task.Task) error { _, err := e.GradientNorms(t.Context(), ask, nil); return err },
		"gradcam":           func(e *Engine, ask task.Task) error { _, err := e.Explain(t.Context(), ask, nil); return err },
	} {
		e := newTestEngine(t, Options{})
		info, err := e.OpenModel(t.Context(), peersDir+"resnet.onnx", nil)
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		e.ladder.short = func(string, int) error {
			if failed++; failed > 1 {
				return nil
			}
			return fmt.Errorf("running: %w", runtime.ErrDevice)
		}
		ask := task.Task{Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Method: "gradcam", Target: task.Target{Class: 3}}
		if err := do(e, ask); err != nil || failed < 2 {
			t.Fatalf("%s: %v after %d tries", what, err, failed)
		}
		for _, other := range []string{sweepOf + "gradcam", ofNorms, "gradcam", ofToggled, anything} {
			if known := e.failures.known(ask, e.device(t.Context(), task.Auto), other) != nil; known != (other == what) {
				t.Errorf("%s failed, of %q that is known: %t", what, other, known)
			}
		}
	}
}
