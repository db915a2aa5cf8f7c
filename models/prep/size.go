package prep

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseSize reads a size as people write it: 160, 160x120 or 160 × 120, in
// pixels, width first. Nothing but blanks is the zero Size.
func ParseSize(text string) (Size, error) {
	plain := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), "×", "x")
	if plain == "" {
		return Size{}, nil
	}
	across, down, two := strings.Cut(plain, "x")
	if !two {
		down = across
	}
	width, err := strconv.ParseUint(strings.TrimSpace(across), 10, 31)
	height, err2 := strconv.ParseUint(strings.TrimSpace(down), 10, 31)
	if err != nil || err2 != nil || width == 0 || height == 0 {
		return Size{}, fmt.Errorf("size %q: write a number of pixels, or WIDTHxHEIGHT", text)
	}
	return Size{Width: int(width), Height: int(height)}, nil
}

// String is a size as ParseSize reads it: 160, or 160x120.
func (s Size) String() string {
	if s.Width == s.Height {
		return strconv.Itoa(s.Width)
	}
	return fmt.Sprintf("%dx%d", s.Width, s.Height)
}
