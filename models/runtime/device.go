package runtime

import (
	"context"
	"fmt"
	"path/filepath"
	stdruntime "runtime"
	"slices"
	"strings"
	"sync"
	"time"

	ort "github.com/yalue/onnxruntime_go"
)

// CPU is the ID of the device that always works.
const CPU = "cpu"

// Device is an execution provider of ONNX Runtime and whether it works here.
type Device struct {
	// ID is lower-case and never changes: it is stored in reports.
	ID    string
	Title string
	Works bool
	// Why says what is missing where it does not work.
	Why string
	// Took is the time of one pass of the probe's small convolutional net, 0
	// where it does not work.
	Took time.Duration
}

// provider is how a device is added to a session.
type provider struct {
	id, title string
	// systems lists the GOOS values that have it; empty means all.
	systems []string
	append  func(o *ort.SessionOptions, tf32 bool) error
	// options are the session's own entries that the provider asks for.
	options func(*ort.SessionOptions) error
	// signals says that making or freeing a session may change the thread's stack
	// for signals (see keepSignalStack).
	signals bool
	// install says what would make it work, for people; installOn says it by
	// the GOOS where something else would.
	install   string
	installOn map[string]string
}

// providers, best first; the CPU, which needs no entry, comes last.
var providers = []provider{
	{id: "cuda", title: "CUDA (NVIDIA)", systems: []string{"linux", "windows"}, append: appendCUDA, install: "with an NVIDIA driver, \"make run GPU=cuda\" installs the rest", installOn: map[string]string{
		"windows": "it needs an NVIDIA driver, CUDA, cuDNN and Microsoft's GPU build of ONNX Runtime; name it with --runtime",
	}},
	{id: "tensorrt", title: "TensorRT (NVIDIA)", systems: []string{"linux", "windows"}, append: appendTensorRT, install: "it needs \"make run GPU=cuda\" and NVIDIA's TensorRT libraries", installOn: map[string]string{
		"windows": "it needs an NVIDIA driver, CUDA, cuDNN, TensorRT and Microsoft's GPU build of ONNX Runtime; name it with --runtime",
	}},
	{id: "migraphx", title: "MIGraphX (AMD)", systems: []string{"linux"}, append: named("MIGraphX"), install: "it needs AMD's build of ONNX Runtime with ROCm; name it with --runtime"},
	{
		id: "directml", title: "DirectML", systems: []string{"windows"},
		append: func(o *ort.SessionOptions, _ bool) error { return o.AppendExecutionProviderDirectML(0) },
		// DirectML refuses memory patterns and parallel execution.
		options: func(o *ort.SessionOptions) error { return o.SetMemPattern(false) },
		install: "it needs a build of ONNX Runtime with DirectML and a DirectX 12 driver; name it with --runtime",
	},
	{
		id: "coreml", title: "Core ML", systems: []string{"darwin"},
		append:  func(o *ort.SessionOptions, _ bool) error { return o.AppendExecutionProviderCoreMLV2(nil) },
		install: "it needs macOS 12 and a build of ONNX Runtime with Core ML; name it with --runtime",
	},
	{
		id: "openvino-gpu", title: "OpenVINO (Intel GPU)", systems: []string{"linux", "windows"}, append: openVINO("GPU"), signals: true,
		install: "it needs Intel's build of ONNX Runtime, named with --runtime, and Intel's OpenCL driver such as Debian's intel-opencl-icd", installOn: map[string]string{
			"windows": "it needs Intel's build of ONNX Runtime, named with --runtime, and Intel's graphics driver",
		},
	},
	{id: "webgpu", title: "WebGPU", append: named("WebGPU"), install: "it needs a Vulkan driver such as Debian's mesa-vulkan-drivers", installOn: map[string]string{
		"windows": "it needs a build of ONNX Runtime with WebGPU and a DirectX 12 driver; name it with --runtime",
		"darwin":  "it needs a build of ONNX Runtime with WebGPU; name it with --runtime",
	}},
	{
		id: "openvino", title: "OpenVINO (Intel CPU)", systems: []string{"linux", "windows"}, append: openVINO("CPU"), signals: true,
		install: "it needs Intel's build of ONNX Runtime; name it with --runtime",
	},
	{id: "xnnpack", title: "XNNPACK (CPU)", append: named("XNNPACK"), install: "it needs a build of ONNX Runtime with XNNPACK; name it with --runtime"},
}

func named(name string) func(*ort.SessionOptions, bool) error {
	return func(o *ort.SessionOptions, _ bool) error { return o.AppendExecutionProvider(name, nil) }
}

// openVINO is the provider on one kind of Intel's devices. Without a word about
// it a GPU computes in float16.
func openVINO(kind string) func(*ort.SessionOptions, bool) error {
	return func(o *ort.SessionOptions, _ bool) error {
		return o.AppendExecutionProviderOpenVINO(map[string]string{"device_type": kind, "precision": "FP32"})
	}
}

// loadCompanions loads what lies beside the opened library, once.
var loadCompanions = sync.OnceValue(func() error {
	openMutex.Lock()
	l := opened
	openMutex.Unlock()
	if l == nil {
		return nil
	}
	for _, path := range companions(filepath.Dir(l.path)) {
		if err := load(path); err != nil {
			return fmt.Errorf("%s beside the runtime library cannot be loaded: %w", filepath.Base(path), err)
		}
	}
	return nil
})

// deviceID turns the empty ID into its meaning.
func deviceID(id string) string {
	if id == "" {
		return CPU
	}
	return id
}

func title(id string) string {
	for _, p := range providers {
		if p.id == id {
			return p.title
		}
	}
	return id
}

// providerOf finds an entry of the table; the CPU and unknown IDs give a blank one.
func providerOf(id string) provider {
	for _, p := range providers {
		if p.id == id {
			return p
		}
	}
	return provider{}
}

// load makes a session proper.
func (p provider) load(model []byte, inputs, fetch []string, o *ort.SessionOptions) (s *ort.DynamicAdvancedSession, err error) {
	err = p.kept(func() error {
		s, err = ort.NewDynamicAdvancedSessionWithONNXData(model, inputs, fetch, o)
		return err
	})
	return s, err
}

// free ends a session proper.
func (p provider) free(s loaded) error { return p.kept(s.Destroy) }

func (p provider) kept(f func() error) error {
	if p.signals {
		return keepSignalStack(f)
	}
	return f()
}

// here lists the providers that can exist on this system.
func here() []provider {
	return slices.DeleteFunc(slices.Clone(providers), func(p provider) bool {
		return len(p.systems) > 0 && !slices.Contains(p.systems, stdruntime.GOOS)
	})
}

// appendProvider makes a session use a device.
func appendProvider(options *ort.SessionOptions, id string, tf32 bool) error {
	if id == CPU {
		return nil
	}
	k := slices.IndexFunc(providers, func(p provider) bool { return p.id == id })
	if k < 0 {
		known := []string{CPU}
		for _, p := range here() {
			known = append(known, p.id)
		}
		return fmt.Errorf("%w: no device is called %q; known here: %s", ErrDevice, id, strings.Join(known, ", "))
	}
	p := providers[k]
	if p.options != nil {
		if err := p.options(options); err != nil {
			return fmt.Errorf("%w: %s: %s", ErrDevice, p.title, firstLine(err.Error()))
		}
	}
	if err := p.append(options, tf32); err != nil {
		return fmt.Errorf("%w: %s: %s", ErrDevice, p.title, p.reason(err))
	}
	return nil
}

// reason puts the library's usual refusals in plain words, quotes others, and
// says what to install.
func (p provider) reason(err error) string {
	text := firstLine(err.Error())
	low := strings.ToLower(text)
	switch {
	case strings.Contains(low, "libcuda.so"):
		text = "this machine has no NVIDIA driver"
	case strings.Contains(low, "in this build"), strings.Contains(low, "is not enabled"),
		strings.Contains(low, "unknown provider name"):
		text = "not part of this ONNX Runtime library"
	case strings.Contains(low, "failed to load shared library"),
		strings.Contains(low, "libonnxruntime_providers_"), strings.Contains(low, "onnxruntime_providers_shared"):
		text = "its provider library or driver is not installed"
	default:
		if _, file, found := strings.Cut(text, "with error: "); found {
			text = file
		}
		// In quotes, so that the rest can be told from it and translated.
		text = fmt.Sprintf("ONNX Runtime says %q", text)
	}
	hint := p.hint(stdruntime.GOOS)
	if hint == "" {
		return text
	}
	return text + "; " + hint
}

// hint says what would make a provider work on a system.
func (p provider) hint(system string) string {
	if other, ok := p.installOn[system]; ok {
		return other
	}
	return p.install
}

// deviceCache holds the answer for the life of the process.
type deviceCache struct {
	mutex sync.Mutex
	list  []Device
}

// Devices tells which devices exist on this system and work, best first and
// the CPU last. The first call takes the time of starting a child process
// (and drivers, where there are any); later calls answer at once. When ctx
// ends early, what has not been tried is reported as not working and nothing
// is kept.
func (l *Library) Devices(ctx context.Context) []Device {
	l.devices.mutex.Lock()
	defer l.devices.mutex.Unlock()
	if l.devices.list == nil {
		list := l.probeAll(ctx)
		if ctx.Err() != nil {
			return list
		}
		l.devices.list = list
	}
	return slices.Clone(l.devices.list)
}

// Best is the device to use when nobody chose: the first in the order of
// Devices that works and is faster than the CPU on the probe's net (a
// graphics API served by a software renderer is not), else the CPU.
func (l *Library) Best(ctx context.Context) Device {
	list := l.Devices(ctx)
	cpu := list[len(list)-1]
	for _, d := range list {
		if d.Works && d.Took < cpu.Took {
			return d
		}
	}
	return cpu
}
