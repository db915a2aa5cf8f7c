package runtime

import "slices"

// Half tells whether a device has units that compute in float16 several times
// faster than in float32, and kernels that use them.
func Half(device string) bool {
	return slices.Contains([]string{"cuda", "tensorrt", "migraphx", "directml", "webgpu"}, device)
}
