package runtime

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var (
	// ErrMemory is wrapped by errors that mean "not enough memory" on the host
	// or the device. A smaller batch or the CPU may help.
	ErrMemory = errors.New("not enough memory")
	// ErrClosed is wrapped by a Run on a closed session.
	ErrClosed = errors.New("the session is closed")
	// ErrDevice is wrapped where a device other than the CPU cannot be used, or
	// failed to load or run this model; the CPU may serve instead.
	ErrDevice = errors.New("the device cannot be used")
)

// memorySigns are the words in which the library and the drivers below it
// report that memory ran out: the C API has no status code for it.
var memorySigns = []string{
	"failed to allocate memory",
	"bad_alloc",
	"bad allocation",
	"out of memory",
	"out_of_memory",
	"cudaerrormemoryallocation",
	"available memory of",
}

// explain wraps an error of the library: what was being done, the library's
// first line, and ErrMemory where that is the cause.
func explain(doing string, err error) error {
	text := firstLine(err.Error())
	low := strings.ToLower(text)
	for _, sign := range memorySigns {
		if strings.Contains(low, sign) {
			return fmt.Errorf("%s: %w (a smaller batch or image needs less): %s", doing, ErrMemory, text)
		}
	}
	return fmt.Errorf("%s: %s", doing, text)
}

// explainRun is explain for a run that the library refused, an errRun.
func explainRun(err error) error { return refused{explain(errRun.Error(), err)} }

// refused is an errRun that says no more than the error inside.
type refused struct{ error }

func (r refused) Unwrap() []error { return []error{r.error, errRun} }

// thrown is what an exception inside the library says: source file, function
// with its parameters, message.
var thrown = regexp.MustCompile(`^/\S+:\d+ .*?\)(?: const)?(?: \[with [^\]]*\])? (\S.*)$`)

// firstLine drops stack traces and the prefixes of the binding, and bounds
// the length: names inside the text come from the model.
func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	for _, prefix := range []string{"Error running network: ", "Error creating C session: ", "Error creating temporary session: "} {
		s = strings.TrimPrefix(s, prefix)
	}
	// A failed assertion inside the library: source file, function with its
	// template arguments, condition, and only then the message.
	if _, message, ok := strings.Cut(s, " was false. "); ok && strings.HasPrefix(s, "/") {
		s = message
	} else if m := thrown.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	const most = 600
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
