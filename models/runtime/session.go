package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// Options tell how a session runs.
type Options struct {
	// Device is an ID from Devices, such as "cuda"; empty means "cpu". Nodes
	// that the device cannot run are run by the CPU.
	Device string
	// Threads is the number of threads inside an operator on the CPU; 0 is
	// the number of physical cores.
	Threads int
	// Folder is where the data files lie that hold weights of the model; empty
	// where all weights are inside it. The library follows no path out of it.
	Folder string
	// DisableOptimization keeps the graph as it is written: for checks.
	DisableOptimization bool
	// Frugal asks the system for every value's memory and gives it back when
	// the value is no longer read, instead of keeping an arena that grows in
	// steps: slower by a few per cent, for when memory is short.
	Frugal bool

	// TF32 allows NVIDIA's devices to round the factors of products to 10 bits;
	// others have no such thing (see TF32).
	TF32 bool

	// Plain leaves the graph as the library optimises it, without kernels of our
	// own: to compare with, and where there is nothing for them to gain.
	Plain bool
	// Kernels says that the model was written for kernels of our own and is wrong
	// without them (grad.Query.Kernels): a session that cannot have them is
	// refused with ErrKernels.
	Kernels bool

	// profile is the beginning of the path of a file that tells of every node.
	profile string
	// saveTo is where the library writes the optimised model; optimised says
	// that the model came from there.
	saveTo    string
	optimised bool
	// unpacked leaves weights as they lie: for a session that runs nothing.
	unpacked bool
	// api registers our own kernels where the model has nodes of them.
	api *capi
	// here runs the model in this process, whatever it holds: in a guest, and for
	// models of our own.
	here bool
}

// Session is a loaded model with the inputs to feed and the outputs to fetch
// fixed. It is safe from many goroutines.
type Session struct {
	inputs []declaration
	plan   []output
	fetch  int
	device string

	// mutex guards the rest. running counts the runs under way, abandoned those
	// of them that nobody waits for (see hang.go); idle tells of changes.
	mutex              sync.Mutex
	idle               *sync.Cond
	running, abandoned int
	// bound counts the bindings, which hold the session too.
	bound   int
	closed  bool
	session loaded
	// freed is closed when the session proper is.
	freed chan struct{}

	hangs *quarantine
	turn  turn
	room  *room
	// fetches names what is fetched; api is nil where nothing can be bound.
	fetches []string
	api     *capi
}

// loaded is what is used of the binding's session.
type loaded interface {
	RunWithOptions(inputs, outputs []ort.Value, options *ort.RunOptions) error
	Destroy() error
}

// NewSession loads a model (the bytes of a ModelProto, external data inside or
// in Options.Folder). Inputs and outputs name values of the graph's own inputs and
// outputs, in the order that Run uses. It is an error if a name is unknown,
// an output is not a tensor of numbers, the model is refused (the text then
// names the node) or the device does not work (ErrDevice).
//
// A model with operators on which the library may end its process runs in a
// process of its own (see guest.go), where it can end only that.
//
// Outputs without a declared type are allowed; finding their types costs
// loading the model twice, so declare them where known.
func (l *Library) NewSession(model []byte, inputs, outputs []string, o Options) (*Session, error) {
	declared, err := declaredIn(model)
	if err != nil {
		return nil, err
	}
	if len(inputs) == 0 || len(outputs) == 0 {
		return nil, fmt.Errorf("a session needs inputs and outputs, got %d and %d", len(inputs), len(outputs))
	}
	in, err := pick("input", inputs, declared.inputs)
	if err != nil {
		return nil, err
	}
	for _, d := range in {
		if d.kind != "" {
			return nil, fmt.Errorf("input %q is a %s, not a tensor", d.name, d.kind)
		}
	}
	out, err := pick("output", outputs, declared.outputs)
	if err != nil {
		return nil, err
	}
	if !o.here && !o.optimised {
		unproven, err := Unproven(model)
		if err != nil {
			return nil, err
		}
		if len(unproven) > 0 {
			return l.sessionApart(model, in, inputs, outputs, o, unproven)
		}
	}
	if out, err = l.complete(model, out, o.Folder); err != nil {
		return nil, err
	}
	adapted, fetch, plan, err := adapt(model, out)
	if err != nil {
		return nil, err
	}
	session, err := l.create(adapted, inputs, fetch, o)
	if err != nil {
		return nil, err
	}
	s := newSession(in, plan, len(fetch), deviceID(o.Device), session, &l.hangs)
	s.turn, s.room, s.fetches, s.api = l.turns.on(s.device), newRoom(out), fetch, l.api
	return s, nil
}

func newSession(in []declaration, plan []output, fetch int, device string, session loaded, hangs *quarantine) *Session {
	s := &Session{inputs: in, plan: plan, fetch: fetch, device: device, session: session, hangs: hangs}
	s.idle, s.freed = sync.NewCond(&s.mutex), make(chan struct{})
	return s
}

// create makes the session proper, on other devices within a bound of time.
func (l *Library) create(model []byte, inputs, fetch []string, o Options) (loaded, error) {
	device := deviceID(o.Device)
	if device == CPU {
		return l.createFused(model, inputs, fetch, o)
	}
	return l.createOn(device, func() (loaded, error) { return create(model, inputs, fetch, o) })
}

// createOn makes a session on a device other than the CPU.
func (l *Library) createOn(device string, build func() (loaded, error)) (loaded, error) {
	if err := l.hangs.check(device); err != nil {
		return nil, err
	}
	turn := l.turns.on(device)
	inTurn := func() (loaded, error) {
		if err := turn.take(context.Background(), func() error { return l.hangs.check(device) }); err != nil {
			return nil, err
		}
		defer turn.give()
		return build()
	}
	return within(&l.hangs, device, BuildLimit(device), inTurn, func(s loaded) {
		if turn.take(context.Background(), patient) == nil {
			defer turn.give()
			_ = providerOf(device).free(s)
		}
	})
}

// Device is the ID of the device that the session was made for.
func (s *Session) Device() string { return s.device }

func pick(what string, names []string, declared []declaration) ([]declaration, error) {
	picked := make([]declaration, len(names))
	for i, name := range names {
		k := slices.IndexFunc(declared, func(d declaration) bool { return d.name == name })
		if k < 0 {
			return nil, fmt.Errorf("the model has no %s %q; it has %s", what, name, nameList(declared))
		}
		picked[i] = declared[k]
	}
	return picked, nil
}

func nameList(declared []declaration) string {
	const most = 8
	var names []string
	for _, d := range declared[:min(len(declared), most)] {
		names = append(names, fmt.Sprintf("%q", d.name))
	}
	if len(declared) > most {
		names = append(names, fmt.Sprintf("and %d more", len(declared)-most))
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// complete asks the library for the types of outputs that the file leaves open.
func (l *Library) complete(model []byte, wanted []declaration, folder string) ([]declaration, error) {
	open := func(d declaration) bool {
		return d.kind == "" && (d.element == ort.TensorElementDataTypeUndefined || !d.ranked)
	}
	if !slices.ContainsFunc(wanted, open) {
		return wanted, nil
	}
	if folder != "" {
		return nil, fmt.Errorf("a model with weights in data files must declare its outputs")
	}
	_, infos, err := ort.GetInputOutputInfoWithONNXData(model)
	if err != nil {
		return nil, explain("ONNX Runtime does not accept the model", err)
	}
	wanted = slices.Clone(wanted)
	for i, d := range wanted {
		k := slices.IndexFunc(infos, func(info ort.InputOutputInfo) bool { return info.Name == d.name })
		if !open(d) || k < 0 {
			continue
		}
		info := infos[k]
		if info.OrtValueType != ort.ONNXTypeTensor {
			wanted[i].kind = kindName(info)
		}
		wanted[i].element, wanted[i].dims = info.DataType, shapeInts(info.Dimensions)
	}
	return wanted, nil
}

// create makes the session proper.
func create(model []byte, inputs, fetch []string, o Options) (loaded, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, explain("ONNX Runtime cannot make session options", err)
	}
	defer options.Destroy()
	level := ort.GraphOptimizationLevel(ort.GraphOptimizationLevelEnableAll)
	if o.DisableOptimization || o.optimised {
		level = ort.GraphOptimizationLevelDisableAll
	}
	if err := options.SetGraphOptimizationLevel(level); err != nil {
		return nil, explain("ONNX Runtime cannot set the optimisation level", err)
	}
	// Two live sessions whose idle threads spin take each other's cores: 111
	// against 53 ms measured on two cores.
	if err := options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); err != nil {
		return nil, explain("ONNX Runtime cannot switch spinning off", err)
	}
	if o.Folder != "" {
		// Weights stay mapped: packing them for the kernels, or transposing them
		// once instead of in the kernel, would copy them.
		for key, value := range map[string]string{
			"session.model_external_initializers_file_folder_path": o.Folder, "session.disable_prepacking": "1",
			"optimization.disable_specified_optimizers": "ConstantFolding",
		} {
			if err := options.AddSessionConfigEntry(key, value); err != nil {
				return nil, explain("ONNX Runtime cannot take the folder of the weights", err)
			}
		}
	}
	if o.unpacked {
		if err := options.AddSessionConfigEntry("session.disable_prepacking", "1"); err != nil {
			return nil, explain("ONNX Runtime cannot take an option", err)
		}
	}
	if o.saveTo != "" {
		if err := options.SetOptimizedModelFilePath(o.saveTo); err != nil {
			return nil, explain("ONNX Runtime cannot save the optimised model", err)
		}
	}
	if err := options.SetIntraOpNumThreads(max(o.Threads, 0)); err != nil {
		return nil, explain("ONNX Runtime cannot set the number of threads", err)
	}
	if o.Frugal {
		giveBack()
		if err := errors.Join(options.SetCpuMemArena(false), options.SetMemPattern(false)); err != nil {
			return nil, explain("ONNX Runtime cannot switch the arena off", err)
		}
	}
	device := deviceID(o.Device)
	if err := appendProvider(options, device, o.TF32); err != nil {
		return nil, err
	}
	if o.api != nil {
		pointer, err := sessionOptionsOf(options)
		if err == nil {
			err = o.api.addKernels(pointer)
		}
		if err != nil {
			return nil, explain("ONNX Runtime cannot take kernels", err)
		}
	}
	if o.profile != "" {
		if err := options.EnableProfiling(o.profile); err != nil {
			return nil, explain("ONNX Runtime cannot switch profiling on", err)
		}
	}
	session, err := providerOf(device).load(model, inputs, fetch, options)
	if err != nil {
		return nil, blame(device, explain("ONNX Runtime does not accept the model", err))
	}
	return session, nil
}

// blame adds ErrDevice to an error on any device but the CPU, which may do
// better: some providers accept a graph and then fail to run a node of it.
func blame(device string, err error) error {
	if device == CPU {
		return err
	}
	return fmt.Errorf("%w: %s: %w", ErrDevice, device, err)
}

// Close waits for runs to end and frees the session; it does not wait for runs
// that were abandoned, nor for bindings: the last of them frees it. Where
// another session's call has the device it is freed after that. Later runs fail
// with ErrClosed; a second Close does nothing.
func (s *Session) Close() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	for s.running > s.abandoned {
		s.idle.Wait()
	}
	return s.freeUnused()
}
