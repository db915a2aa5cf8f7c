package prep

import "testing"

func TestParseSize(t *testing.T) {
	for text, want := range map[string]Size{
		"": {}, "  ": {}, "160": {160, 160}, "160x96": {160, 96}, "160X96": {160, 96}, " 160 × 96 ": {160, 96},
	} {
		got, err := ParseSize(text)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
		if again, err := ParseSize(want.String()); want != (Size{}) && (err != nil || again != want) {
			t.Errorf("%q is written %q and read %v, %v", text, want.String(), again, err)
		}
	}
	for _, text := range []string{"x", "160 96", "1 60", "0", "-5", "+5", "160x", "x160", "160x0", "160x96px", "160x96x3", "1e3", "1.5", "99999999999"} {
		if got, err := ParseSize(text); err == nil || got != (Size{}) {
			t.Errorf("%q passed as %v", text, got)
		}
	}
}
