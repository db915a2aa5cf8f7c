package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"seewhy/app/cli"
	seewhyruntime "seewhy/models/runtime"
)

// An interrupt in the midst of many pictures ends the run with code 130, and
// every report that is there is whole.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no interrupt to another process")
	}
	library := libraryPath(t)
	dir := t.TempDir()
	if err := tinyModel(t).write(dir); err != nil {
		t.Fatal(err)
	}
	exe, err := exec.LookPath("seewhy")
	if err != nil {
		t.Fatal(err)
	}
	many := append([]string{"explain", "--model", "tiny.onnx", "--device", "cpu", "--out", "maps"}, strings.Fields(strings.Repeat("gallery:* ", 40))...)
	cmd := exec.Command(exe, many...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), seewhyruntime.Env+"="+library, "LC_ALL=C")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("no output; stderr: %s", said.String())
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	told := 1
	for lines.Scan() {
		told++
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != cli.ExitInterrupted {
		t.Errorf("exit code %d, want %d; stderr: %s", got, cli.ExitInterrupted, said.String())
	}
	if told >= 40*35 {
		t.Error("all pictures were explained: the interrupt came to nothing")
	}
	files, err := os.ReadDir(filepath.Join(dir, "maps"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, "maps", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f.Name(), ".png") || !bytes.HasSuffix(data, []byte("IEND\xaeB`\x82")) {
			t.Errorf("%s (%d bytes) is no whole report", f.Name(), len(data))
		}
	}
	if !strings.Contains(said.String(), "seewhy: interrupted") {
		t.Errorf("stderr: %q", said.String())
	}
}

func TestCancelledFromTheStart(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	library := libraryPath(t)
	dir := t.TempDir()
	if err := tinyModel(t).write(dir); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	got := cli.Run(ctx, cli.Program{
		Args:   []string{"explain", "--runtime", library, "--model", filepath.Join(dir, "tiny.onnx"), "--image", "gallery:", "--out", filepath.Join(dir, "r.png")},
		Stdout: &out, Stderr: &said, Stdin: strings.NewReader(""), Env: func(string) string { return "" },
	})
	if got != cli.ExitInterrupted {
		t.Errorf("exit code %d, want %d: %s", got, cli.ExitInterrupted, said.String())
	}
	if _, err := os.Stat(filepath.Join(dir, "r.png")); err == nil {
		t.Error("a report was written")
	}
}
