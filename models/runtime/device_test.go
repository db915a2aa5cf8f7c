package runtime

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDevices(t *testing.T) {
	l := library(t)
	begin := time.Now()
	list := l.Devices(t.Context())
	first := time.Since(begin)
	for _, d := range list {
		t.Logf("%-9s %-18s works=%v took=%v %s", d.ID, d.Title, d.Works, d.Took, d.Why)
		if d.Works == (d.Why != "") || d.Works != (d.Took > 0) || d.ID == "" || d.Title == "" {
			t.Errorf("contradictory: %+v", d)
		}
		if strings.HasPrefix(d.Why, "not tried") {
			t.Errorf("%s: %s", d.ID, d.Why)
		}
	}
	cpu := list[len(list)-1]
	if cpu.ID != CPU || !cpu.Works {
		t.Errorf("the last device is %+v, want a working CPU", cpu)
	}
	begin = time.Now()
	again := l.Devices(t.Context())
	if !slices.Equal(list, again) || time.Since(begin) > 10*time.Millisecond {
		t.Errorf("the second call took %v (first %v) and says %v", time.Since(begin), first, again)
	}
	best := l.Best(t.Context())
	if !best.Works || best.Took > cpu.Took {
		t.Errorf("the best device is %+v", best)
	}
	if i := slices.IndexFunc(list, func(d Device) bool { return d.ID == "xnnpack" }); !list[i].Works {
		_, err := l.NewSession(probeNet(), []string{"x"}, []string{"y"}, Options{Device: "xnnpack"})
		if !errors.Is(err, ErrDevice) {
			t.Errorf("a session on a device that does not work: %v, want ErrDevice", err)
		}
	}
	again[0].Title = "changed"
	if l.Devices(t.Context())[0].Title == "changed" {
		t.Error("the cache can be changed from outside")
	}
}

// A probe that crashes or hangs costs only the device that it was at.
func TestParseAnswers(t *testing.T) {
	ids := []string{"cuda", "webgpu", "xnnpack"}
	for _, c := range []struct {
		name, text string
		answers    []probeAnswer
		started    bool
	}{
		{"nothing", "", nil, false},
		{"crash in the first", `{"id":"cuda","started":true}` + "\n", nil, true},
		{
			"crash in the second", `{"id":"cuda","started":true}
driver says hello
{"id":"cuda","why":"no driver"}
{"id":"webgpu","started":true}
{"id":"web`, []probeAnswer{{ID: "cuda", Why: "no driver"}}, true,
		},
		{
			"all", `{"id":"cuda","started":true}
{"id":"cuda","took":5}
{"id":"webgpu","started":true}
{"id":"webgpu","why":"none"}
{"id":"xnnpack","started":true}
{"id":"xnnpack","took":7}
{"id":"cpu","took":7}`, []probeAnswer{{ID: "cuda", Took: 5}, {ID: "webgpu", Why: "none"}, {ID: "xnnpack", Took: 7}}, false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			answers, started := parseAnswers(c.text, ids)
			if !slices.Equal(answers, c.answers) || started != c.started {
				t.Errorf("got %+v, %v", answers, started)
			}
		})
	}
}

// Refusals come in plain words, with what to install.
func TestReasons(t *testing.T) {
	for _, c := range []struct{ id, library, want string }{
		{"cuda", "/x/libonnxruntime_providers_shared.so: cannot open shared object file: No such file or directory", "its provider library or driver is not installed; with an NVIDIA driver, \"make run GPU=cuda\" installs the rest"},
		{"cuda", "Failed to load library /x/libonnxruntime_providers_cuda.so with error: libcuda.so.1: cannot open shared object file", "this machine has no NVIDIA driver; with an NVIDIA driver, \"make run GPU=cuda\" installs the rest"},
		{"migraphx", "MIGraphX execution provider is not enabled in this build.", "not part of this ONNX Runtime library; it needs AMD's build of ONNX Runtime with ROCm; name it with --runtime"},
		{"webgpu", "Failed to get a WebGPU adapter.\nstack", "ONNX Runtime says \"Failed to get a WebGPU adapter.\"; it needs a Vulkan driver such as Debian's mesa-vulkan-drivers"},
	} {
		if got := providerOf(c.id).reason(errors.New(c.library)); got != c.want {
			t.Errorf("%s: %q\nis told as %q\nwant %q", c.id, c.library, got, c.want)
		}
	}
	for _, p := range providers {
		systems := p.systems
		if len(systems) == 0 {
			systems = []string{"linux", "windows", "darwin"}
		}
		for _, system := range systems {
			// The program's own script and Debian's packages are Linux's.
			hint := p.hint(system)
			if onLinux := strings.Contains(hint, "make run") || strings.Contains(hint, "Debian"); hint == "" || onLinux && system != "linux" {
				t.Errorf("%s on %s is said to want %q", p.id, system, hint)
			}
		}
	}
}
