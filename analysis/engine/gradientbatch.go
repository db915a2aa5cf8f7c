package engine

import (
	"errors"
	stdruntime "runtime"

	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// gradientBatches is batches for a backward pass, which keeps many values
// alive: it takes as many samples at once as the memory budget holds by
// measurement. The first sample runs alone, and what the process holds more
// afterwards is what a sample takes: the runtime's arena keeps the memory of a
// run. It does so every time, so that the same question is asked in the same
// parts and answered alike to the last bit; but memory is looked at for the
// first question alone, since a card is asked for it through a process of its
// own. On a CPU, where larger batches gain nothing, maxBatch is the bound. A
// task that says a number gets that; the one that was found is kept for the
// result's task.
func (s *session) gradientBatches(key string, x tensor.Tensor, run func(part tensor.Tensor) error) error {
	if !s.m.info.DynamicBatch || x.Shape[0] == 1 {
		_, err := tryParts(x, 0, 1, run)
		return err
	}
	step := s.batchSize()
	if step == 0 {
		step, _ = s.e.batching.get(key)
	}
	var before task.Memory
	if step == 0 {
		before = s.memory()
	}
	if err := run(part(x, 0, 1)); err != nil {
		return err
	}
	if step == 0 {
		step = s.gradientBatch(before, s.memory())
		s.e.batching.put(key, step)
	}
	for from := 1; ; {
		s.setBatch(step)
		done, err := tryParts(x, from, step, run)
		if err == nil || step == 1 || !errors.Is(err, runtime.ErrMemory) {
			return err
		}
		// The measurement was too low.
		from, step = done, step/2
		s.e.batching.put(key, step)
	}
}

// wideBytes bounds what the samples of a wide device and their gradients take
// in main memory.
const wideBytes = 256 << 20

// Samples implements method.Wide: a CPU is busy with few, a device takes as many
// as a batch may have (gradientBatch finds how many at once).
func (s *session) Samples(values int) int {
	if s.device == runtime.CPU {
		return 0
	}
	return min(wideBytes/(8*max(values, 1)), mostBatch)
}

// fewThreads is up to how many threads one sample's convolutions keep busy, and
// a kernel that runs on one of them is not behind one that runs on all.
const fewThreads = 4

// single says that samples of a gradient run one by one where the model has a
// form for one (grad.Prepared.One): a CPU's runtime then keeps a convolutional
// network's values in blocks of channels all the way, which an open batch makes
// it leave at every sum and product. A sample of SqueezeNet takes 24 ms of one
// thread so and 40 in a batch of four, of MobileNetV2 30 and 41, of ResNet-50 157
// and 175. Many threads are better used by many samples, and a task that says a
// number of samples gets it.
func (s *session) single() bool {
	return s.device == runtime.CPU && s.batchSize() <= 1 && s.threads() <= fewThreads
}

// threads is how many of them a CPU's sessions use.
func (s *session) threads() int {
	if n := s.e.options.Threads; n > 0 {
		return n
	}
	return stdruntime.GOMAXPROCS(0)
}

// gradientBatch is how many samples run at once, by what is in use before and
// after one. The measurement is blind to memory that the process held already;
// the values of a forward pass are needed in any case.
func (s *session) gradientBatch(before, after task.Memory) int {
	measured := max(after.Used-before.Used, grad.PeakBytes(s.forwardGraph(), s.m.prepared.Facts))
	step := fitting(s.e.RunBudget(after), measured)
	if s.device == runtime.CPU {
		step = min(step, maxBatch)
	}
	return step
}

func (s *session) forwardGraph() *onnx.Graph {
	return grad.Forward(s.m.prepared, s.m.scores.Logits).Graph
}

// tryParts calls run on parts of step samples, from one on, and says at which
// sample it ended.
func tryParts(x tensor.Tensor, from, step int, run func(part tensor.Tensor) error) (done int, err error) {
	for ; from < x.Shape[0]; from += step {
		if err := run(part(x, from, min(step, x.Shape[0]-from))); err != nil {
			return from, err
		}
	}
	return x.Shape[0], nil
}

// part is n samples of x, from one on, in place.
func part(x tensor.Tensor, from, n int) tensor.Tensor {
	size := x.Len() / x.Shape[0]
	return tensor.Tensor{Shape: append([]int{n}, x.Shape[1:]...), Data: x.Data[from*size : (from+n)*size]}
}
