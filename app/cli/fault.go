package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"seewhy/assets/i18n"
)

// Exit codes.
const (
	ExitFine        = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitUnusable    = 3 // a model, picture or task file cannot be used
	ExitNoRuntime   = 4 // the ONNX Runtime library is missing or does not load
	ExitInterrupted = 130
)

// fault is an error with its exit code.
type fault struct {
	code int
	err  error
}

func (f fault) Error() string { return f.err.Error() }
func (f fault) Unwrap() error { return f.err }

func usage(key string, args ...any) error {
	return fault{ExitUsage, said(key, args...)}
}

func unusable(key string, args ...any) error {
	return fault{ExitUnusable, said(key, args...)}
}

// said is a text in the user's language, and so are the errors that go into it.
func said(key string, args ...any) error {
	args = slices.Clone(args)
	for i, a := range args {
		if err, ok := a.(error); ok {
			args[i] = i18n.Tell(err.Error())
		}
	}
	return errors.New(i18n.T(key, args...))
}

// end prints an error as "seewhy: what: where; what next" and picks the code.
func (s *shell) end(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return ExitFine
	case ctx.Err() != nil:
		s.warn(i18n.T("interrupted"))
		return ExitInterrupted
	}
	s.warn(inWords(err))
	var f fault
	if errors.As(err, &f) {
		return f.code
	}
	return ExitFailed
}

// flagFault puts what the flag parser says in our words.
func flagFault(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	text := err.Error()
	switch {
	case errors.As(err, &unknown):
		text = i18n.T("there is no flag %s", dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames()))
	case errors.As(err, &valueless):
		text = i18n.T("the flag %s needs a value", dashed(valueless.GetSpecifiedName(), valueless.GetSpecifiedShortnames()))
	case errors.As(err, &invalid):
		text = i18n.T("the flag --%s cannot be %q", invalid.GetFlag().Name, invalid.GetValue())
		switch invalid.GetFlag().Value.Type() {
		case "uint64", "int", "int64":
			text += i18n.T(": it takes a whole number")
		case "float64":
			text += i18n.T(": it takes a number")
		}
	}
	return fault{ExitUsage, fmt.Errorf("%s; %s", text, helpHint(c))}
}

func dashed(name, shorthands string) string {
	if shorthands != "" {
		return "-" + name
	}
	return "--" + name
}

func helpHint(c *cobra.Command) string {
	return i18n.T("\"%s --help\" shows how it is used", c.CommandPath())
}

// called is what a person typed behind the program's name: "models get".
func called(c *cobra.Command) string {
	return strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
}

// arguments checks how many there are; most below 0 means any number.
func arguments(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usage("%s: something is missing; it is used as: %s", called(c), c.UseLine())
		case most >= 0 && len(args) > most:
			return usage("%s: %q is too much; it is used as: %s", called(c), args[most], c.UseLine())
		}
		return nil
	}
}
