package cli

import (
	"errors"
	"fmt"
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

// inWords is an error in words; where memory was short, with the flags that
// make the same command need less.
func inWords(err error) string {
	text := err.Error()
	var large *task.TooLarge
	if !errors.As(err, &large) || len(large.Lighter) == 0 {
		return text
	}
	var flags []string
	for _, l := range large.Lighter {
		if l.Method != "" {
			flags = append(flags, "--method "+l.Method)
		} else {
			flags = append(flags, "--size "+sizeText(l.Size))
		}
	}
	return text + "; " + i18n.T("these need less: %s", strings.Join(flags, ", "))
}

// sizeText is a size as --size takes it.
func sizeText(s prep.Size) string {
	if s.Width == s.Height {
		return fmt.Sprint(s.Width)
	}
	return fmt.Sprintf("%dx%d", s.Width, s.Height)
}

// parseSize reads 160 or 160x120; "" is the model's own.
func parseSize(text string) (prep.Size, error) {
	if text == "" {
		return prep.Size{}, nil
	}
	var s prep.Size
	var rest string
	if n, _ := fmt.Sscanf(text, "%dx%d%s", &s.Width, &s.Height, &rest); n != 2 {
		s.Height = 0
		if n, _ := fmt.Sscanf(text, "%d%s", &s.Width, &rest); n != 1 {
			return s, usage("--size %q: write a number of pixels, or WIDTHxHEIGHT", text)
		}
		s.Height = s.Width
	}
	if s.Width < 1 || s.Height < 1 {
		return s, usage("--size %q: write a number of pixels, or WIDTHxHEIGHT", text)
	}
	return s, nil
}
