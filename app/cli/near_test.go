package cli

import (
	"slices"
	"testing"
)

// What was cut short comes before what differs by a letter or two.
func TestNear(t *testing.T) {
	names := []string{"legrad", "xrai", "gradientshap", "gradcam", "gradcam++", "rise"}
	for text, want := range map[string][]string{
		"grad":   {"gradcam", "gradcam++", "gradientshap"},
		"GRADCM": {"gradcam", "gradcam++"},
		"zzzzz":  nil,
	} {
		if got := near(text, names, 3); !slices.Equal(got, want) {
			t.Errorf("%q is near %v, want %v", text, got, want)
		}
	}
}
