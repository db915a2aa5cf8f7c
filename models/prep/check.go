package prep

import (
	"fmt"
	"math"
	"slices"
)

// maxSize bounds every size in a Spec.
const maxSize = 8192

// Check returns an error that names the field of a Spec that cannot be used:
// specs come from sidecars and reports.
func (s Spec) Check() error {
	bad := func(format string, args ...any) error { return fmt.Errorf("preprocessing: "+format, args...) }
	size := func(field string, v int) error {
		if v < 1 || v > maxSize {
			return bad("%s is %d; it must be 1 to %d", field, v, maxSize)
		}
		return nil
	}
	r := s.Resize
	var err error
	switch r.Mode {
	case ResizeShorter:
		err = size("resize.size", r.Size)
	case ResizeSquash, ResizePad:
		if err = size("resize.width", r.Width); err == nil {
			err = size("resize.height", r.Height)
		}
	case ResizeNone:
	default:
		err = bad("resize.mode is %q; it must be shorter, squash, pad or none", short(string(r.Mode)))
	}
	if err != nil {
		return err
	}
	if r.Filter != "" && !slices.Contains(Filters(), r.Filter) {
		return bad("resize.filter is %q; it must be one of %v", short(r.Filter), Filters())
	}
	if s.Crop != (Size{}) {
		if err := size("crop.width", s.Crop.Width); err != nil {
			return err
		}
		if err := size("crop.height", s.Crop.Height); err != nil {
			return err
		}
	}
	switch s.Channels {
	case RGB, BGR, Gray:
	default:
		return bad("channels is %q; it must be RGB, BGR or GRAY", short(string(s.Channels)))
	}
	// Beyond these bounds float32 would overflow or lose the picture.
	if v := math.Abs(s.Scale); !(v >= 1e-9 && v <= 1e9) {
		return bad("scale is %v; it must be a finite number other than 0 (1/255 for 0..1)", s.Scale)
	}
	for _, list := range []struct {
		field  string
		values []float64
	}{{"mean", s.Mean}, {"std", s.Std}} {
		if n := len(list.values); n != 0 && n != s.Channels.Count() {
			return bad("%s has %d values for %d channels", list.field, n, s.Channels.Count())
		}
		for i, v := range list.values {
			if !(math.Abs(v) <= 1e9) {
				return bad("%s[%d] is %v", list.field, i, v)
			}
			if list.field == "std" && math.Abs(v) < 1e-9 {
				return bad("std[%d] is %v; values are divided by it: write a number other than 0", i, v)
			}
		}
	}
	return nil
}

// short keeps hostile text out of messages.
func short(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
