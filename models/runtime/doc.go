// Package runtime runs ONNX models with ONNX Runtime: it finds and loads the
// shared library, tells which devices work on this machine, and runs
// sessions that can be cancelled.
//
//	path, err := runtime.Find("")      // explicit, environment, beside the program, cache, system
//	lib, err := runtime.Open(path)     // once per process
//	s, err := lib.NewSession(model, []string{"data"}, []string{"prob"}, runtime.Options{Device: "cpu"})
//	out, err := s.Run(ctx, []tensor.Tensor{x})
//
// Tensors are float32 on this side of the border, whatever the model
// declares: Run converts what goes in and what comes out. Element types that
// the binding cannot read (float16 and other narrow floats) and outputs of
// rank 0 are handled by a Cast or a Reshape appended to the model's graph,
// see adapt.go.
//
// Probing a graphics driver can crash or hang a process. Devices therefore
// asks a child process, which is this same program started again (see child.go).
//
// So can a model from a stranger, by the library's own faults. One with operators
// that are not proven to be safe is loaded and run in another such child, a
// guest: see guest.go.
//
// It is the one package, besides the window toolkit, that needs cgo.
package runtime

// Pinned is the version of ONNX Runtime that scripts/onnxruntime.sh fetches
// and that everything is tested with.
const Pinned = "1.27.0"

// oldest is the minor version of ONNX Runtime 1.x that the binding's C API
// (version 24) asks for.
const oldest = 24

// Env is the environment variable that names the library.
const Env = "SEEWHY_ONNXRUNTIME"
