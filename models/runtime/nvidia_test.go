package runtime

import "testing"

// What is claimed of results must not be more than NVIDIA's libraries do.
func TestTF32(t *testing.T) {
	for _, c := range []struct {
		device, override string
		want             bool
	}{
		{"cuda", "", true},
		{"tensorrt", "", true},
		{"cuda", "1", true},
		{"cuda", "0", false},
		{"tensorrt", "0", false},
		{"webgpu", "", false},
		{CPU, "1", false},
	} {
		t.Setenv(nvidiaOverride, c.override)
		if got := TF32(c.device); got != c.want {
			t.Errorf("%s with %q: %v, want %v", c.device, c.override, got, c.want)
		}
	}
}
