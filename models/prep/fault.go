package prep

import (
	"errors"
	"io/fs"
)

// Fault says in one word why a file cannot be shown; the error says the rest.
type Fault string

// The faults. A file with another one has none of these.
const (
	// Gone is a file that is not there.
	Gone Fault = "gone"
	// Empty has no bytes.
	Empty Fault = "empty"
	// Unsupported is of a format that is not read, or no picture at all.
	Unsupported Fault = "unsupported"
	// TooLarge has more bytes or pixels than the limit.
	TooLarge Fault = "large"
	// Damaged cannot be decoded.
	Damaged Fault = "damaged"
)

// faulty is an error with its fault.
type faulty struct {
	error
	fault Fault
}

func (f faulty) Unwrap() error { return f.error }

// FaultOf tells the fault of an error of Open or Decode; empty where it has none.
func FaultOf(err error) Fault {
	var f faulty
	switch {
	case errors.As(err, &f):
		return f.fault
	case errors.Is(err, fs.ErrNotExist):
		return Gone
	}
	return ""
}
