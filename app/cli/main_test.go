package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"seewhy/app/cli"
	"seewhy/models/library"
	"seewhy/models/runtime"
)

const shared = "../../../shared"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"seewhy": program})
}

// program is what main is, with a window that cannot open.
func program() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Run(ctx, cli.Program{
		Version: "1.2.3-test", Args: os.Args[1:], Env: os.Getenv,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Window: func(o cli.WindowOptions) error {
			if os.Getenv("DISPLAY") == "" {
				return cli.ErrNoDisplay
			}
			fmt.Printf("window of %q, library %q, language %q\n", o.Files, o.Library, o.Language)
			return nil
		},
	}))
}

// libraryPath is ONNX Runtime's, or the test is skipped; where CI runs it
// must be there.
func libraryPath(t *testing.T) string {
	t.Helper()
	path, err := runtime.Find("")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("whole programs on whole pictures run without the race detector")
	}
	path := libraryPath(t)
	sharedPath, err := filepath.Abs(shared)
	if err != nil {
		t.Fatal(err)
	}
	tiny := tinyModel(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", ContinueOnError: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv(runtime.Env, path)
			e.Setenv("SHARED", sharedPath)
			for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME"} {
				e.Setenv(name, filepath.Join(e.WorkDir, ".user"))
			}
			return tiny.write(e.WorkDir)
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "shared":
				_, err := os.Stat(sharedPath)
				return err == nil, nil
			case "builtin":
				return len(library.Builtins()) > 0, nil
			}
			return false, fmt.Errorf("no condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": code, "same": same, "truncate": truncate},
	})
}

// code runs a program and wants an exit code: code 3 seewhy ...
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// same compares one field of two files of JSON: same map.values a.json b.json.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: same field a.json b.json")
	}
	a, b := field(ts, args[1], args[0]), field(ts, args[2], args[0])
	if a == "" || a == "null" {
		ts.Fatalf("%s has no field %s", args[1], args[0])
	}
	if (a == b) == neg {
		ts.Fatalf("%s:\n%.200s\n%.200s", args[0], a, b)
	}
}

// truncate cuts a file: truncate FILE BYTES NEW.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: truncate FILE BYTES NEW")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	data := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(data[:min(n, len(data))]), 0o644))
}

func field(ts *testscript.TestScript, file, path string) string {
	text, err := pick([]byte(ts.ReadFile(file)), strings.Split(path, "."))
	if err != nil {
		ts.Fatalf("%s: %s: %v", file, path, err)
	}
	return text
}
