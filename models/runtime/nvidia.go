package runtime

import (
	"os"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// TF32 tells whether a device can round the factors of products to
// TensorFloat-32: 10 bits of the mantissa instead of 23, several times faster
// on its units for matrices. Gradients then agree with the CPU's to 1e-3 instead
// of 1e-6. Options.TF32 means nothing on other devices, nor where
// NVIDIA_TF32_OVERRIDE is 0, whoever set it.
func TF32(device string) bool {
	return (device == "cuda" || device == "tensorrt") && os.Getenv(nvidiaOverride) != "0"
}

// cudaOptions are the CUDA provider's.
//
//   - use_tf32: see TF32.
//   - cudnn_conv_algo_search: by rules instead of by timing all algorithms, whose
//     winner changes from run to run and with it the last bits of every map.
//   - arena_extend_strategy: the arena grows by what is asked for and not by
//     powers of two, so that another program finds room on the card.
func cudaOptions(tf32 bool) map[string]string {
	return map[string]string{
		"use_tf32":               oneOrZero(tf32),
		"cudnn_conv_algo_search": "HEURISTIC",
		"arena_extend_strategy":  "kSameAsRequested",
	}
}

func oneOrZero(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

func appendCUDA(o *ort.SessionOptions, tf32 bool) error {
	if err := loadCompanions(); err != nil {
		return err
	}
	c, err := ort.NewCUDAProviderOptions()
	if err != nil {
		return err
	}
	defer c.Destroy()
	if err := c.Update(cudaOptions(tf32)); err != nil {
		return err
	}
	return o.AppendExecutionProviderCUDA(c)
}

// nvidiaOverride is a variable of NVIDIA's libraries: 0 keeps all of them from
// TensorFloat-32, whatever they are asked for. They read it once.
const nvidiaOverride = "NVIDIA_TF32_OVERRIDE"

// forbidTF32 sets it for the process, unless the user did. TensorRT's provider
// has no option for TensorFloat-32, and its builder takes it by default.
var forbidTF32 = sync.OnceFunc(func() {
	if os.Getenv(nvidiaOverride) == "" {
		// A name and a value without NUL are always taken.
		_ = os.Setenv(nvidiaOverride, "0")
	}
})

func appendTensorRT(o *ort.SessionOptions, tf32 bool) error {
	if !tf32 {
		forbidTF32()
	}
	if err := loadCompanions(); err != nil {
		return err
	}
	t, err := ort.NewTensorRTProviderOptions()
	if err != nil {
		return err
	}
	defer t.Destroy()
	return o.AppendExecutionProviderTensorRT(t)
}
