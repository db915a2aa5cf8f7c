package library

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxFile is the largest neighbouring file that is read.
	maxFile = 16 << 20
	// maxLabels bounds every list of labels.
	maxLabels = 200_000
	// maxLabel and maxText are in characters.
	maxLabel = 200
	maxText  = 2000
)

// readSmall reads a neighbouring file. A file that is not there is no error:
// ok is false.
func readSmall(path string) (data []byte, ok bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, false, nil
		}
		return nil, false, fmt.Errorf("%s: cannot be read: %w", filepath.Base(path), err)
	}
	defer f.Close()
	// A pipe or device would block or never end.
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, false, nil
	}
	data, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, false, fmt.Errorf("%s: cannot be read: %w", filepath.Base(path), err)
	}
	if len(data) > maxFile {
		return nil, false, fmt.Errorf("%s: larger than %d MB, the limit for such a file", filepath.Base(path), maxFile>>20)
	}
	return data, true, nil
}

// decodeJSON unmarshals with errors that name file and field.
func decodeJSON(file string, data []byte, into any) error {
	err := json.Unmarshal(data, into)
	if err == nil {
		return nil
	}
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("%s: field %q is a JSON %s, which does not belong there", file, clean(kind.Field, maxLabel), clean(kind.Value, maxLabel))
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%s: not valid JSON at byte %d: %w", file, syntax.Offset, err)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// clean makes text from outside safe to show: valid UTF-8, one line, no
// control or invisible direction characters, at most limit characters.
func clean(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > limit {
		s = string([]rune(s)[:limit-1]) + "…"
	}
	return s
}

// cleanLabels cleans every label; one without a name gets its number.
func cleanLabels(file string, labels []string) ([]string, error) {
	if len(labels) > maxLabels {
		return nil, fmt.Errorf("%s: %d labels; the limit is %d", file, len(labels), maxLabels)
	}
	out := make([]string, len(labels))
	for i, l := range labels {
		out[i] = clean(l, maxLabel)
		if out[i] == "" {
			out[i] = fmt.Sprintf("class %d", i)
		}
	}
	return out, nil
}
