// Package cli is the command line: everything the program does but the window.
//
//	code := cli.Run(ctx, cli.Program{Args: os.Args[1:], Stdout: os.Stdout, ...})
//
// A command is a file. Run touches nothing but what Program hands it and the
// files it is told of, so tests run it whole. It imports no window: that
// comes in as a function.
//
// Decision: a flag holds for one run. What was chosen for a model in the
// window is honoured (it is remembered by the model's hash), but no command
// changes it, so that scripts leave no trace in later results.
package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"seewhy/analysis/engine"
	"seewhy/assets/i18n"
)

// Program is what a run of the program gets from outside.
type Program struct {
	// Version is the program's; empty for a build that was not stamped.
	Version string
	// Args come without the program's name.
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Env looks up an environment variable, as os.Getenv does.
	Env func(string) string
	// Interrupts lets an explanation keep what it has at the first interrupt;
	// nil where interrupts end the program at once.
	Interrupts *Interrupts
	// Window shows the window until it is closed, or returns ErrNoDisplay.
	Window func(WindowOptions) error
}

// WindowOptions are what the window is started with.
type WindowOptions struct {
	// Files are pictures, folders or a model.
	Files []string
	// Library is the path of ONNX Runtime and Language a locale, both as
	// given by a flag and empty where not.
	Library, Language string
	Version           string
}

// ErrNoDisplay is what Program.Window returns where no window can be opened.
var ErrNoDisplay = errors.New("there is no display")

// shell is one run.
type shell struct {
	Program
	out, err *printer
	// The global flags.
	library, language string
	verbose           bool
	// memory is the budget of one run in MB; 0 is half of what is free.
	memory int64
}

// Run does what the arguments say and returns the exit code (see Exit...).
// It ends soon after ctx does.
func Run(ctx context.Context, p Program) int {
	if p.Version == "" {
		p.Version = "dev"
	}
	i18n.Use(locale(p.Args, p.Env))
	s := &shell{Program: p, out: &printer{w: p.Stdout}, err: &printer{w: p.Stderr}}
	root := s.root()
	root.SetArgs(p.Args)
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil && s.out.failed != nil {
		err = errors.New(i18n.T("the output could not be written: %v", s.out.failed))
	}
	return s.end(ctx, err)
}

// locale is the --lang flag, wherever it stands, else what the environment
// says: texts of the flags themselves are needed before flags are read.
func locale(args []string, env func(string) string) string {
	for i, a := range args {
		if a == "--" {
			break
		}
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			return v
		}
	}
	return ""
}

func (s *shell) root() *cobra.Command {
	root := &cobra.Command{
		Use: "seewhy [FILES...]", DisableFlagsInUseLine: true,
		Short: i18n.T("See why a vision model decides"),
		Long: i18n.T("SeeWhy shows why a vision model decides. Without a command it opens the window, with the pictures, folders or the .onnx model that are named.") +
			"\n" + i18n.T("Where there is no display, it explains a picture and writes a report instead."),
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if s.language != "" && !i18n.Knows(s.language) {
				return usage("--lang %q: there are: en, zh", s.language)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return s.window(c, args) },
		Args: cobra.ArbitraryArgs,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&s.library, "runtime", "", i18n.T("the ONNX Runtime library, or the folder that holds it: `PATH`"))
	flags.StringVar(&s.language, "lang", "", i18n.T("language, such as en or zh: `LOCALE`"))
	flags.Int64Var(&s.memory, "memory", 0, i18n.T("memory that one run may take; 0 is half of what is free: `MB`"))
	flags.BoolVarP(&s.verbose, "verbose", "v", false, i18n.T("say on stderr what is being done"))
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return flagFault(c, err) })
	root.AddCommand(s.explain(), s.info(), s.methods(), s.models(), s.gallery(), s.devices(), s.report(), s.version())
	s.dress(root)
	return root
}

// engine starts the engine. It keeps no memory: see the package's decision.
func (s *shell) engine() (*engine.Engine, error) {
	return s.engineWith(engine.Options{})
}

func (s *shell) engineWith(o engine.Options) (*engine.Engine, error) {
	if s.memory < 0 {
		return nil, fault{ExitUsage, errors.New(i18n.T("--memory is %d; it takes a number of MB, or 0", s.memory))}
	}
	o.Library, o.Version, o.SessionsDir, o.MemoryBudget = s.library, s.Version, engine.UserSessionsDir(), s.memory<<20
	e, err := engine.New(o)
	if err != nil {
		return nil, fault{ExitNoRuntime, err}
	}
	version, path := e.Runtime()
	s.say(i18n.T("ONNX Runtime %s: %s", version, path))
	return e, nil
}

// say tells something under --verbose.
func (s *shell) say(text string) {
	if s.verbose {
		s.err.line(text)
	}
}

// warn tells something that a person should know though the run goes on.
func (s *shell) warn(text string) { s.err.line("seewhy: " + text) }
