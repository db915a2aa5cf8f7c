package engine

import (
	"fmt"
	"os"
	"strings"

	"seewhy/models/onnx"
	"seewhy/models/runtime"
)

// programStamp tells one build of the program from another, whose rules may
// write another graph for the same question: the version, and the size and
// time of the program's file, since builds between releases share a version.
func programStamp(version string) string {
	stamp := version
	if path, err := os.Executable(); err == nil {
		if st, err := os.Stat(path); err == nil {
			stamp += fmt.Sprintf(" %d %d", st.Size(), st.ModTime().UnixNano())
		}
	}
	return stamp
}

// buildKept is build through the cache on disk. Key names the session as it
// does in memory; write makes its model, which a session from the cache never
// needs. Models with weights in files of their own are built anew: those stay
// mapped, and the cache would hold copies.
func (s *session) buildKept(key string, write func() (*onnx.Model, error), inputs, outputs []string, frugal bool) (*runtime.Session, error) {
	if s.e.cache == nil || s.device != runtime.CPU || s.half || s.m.file.External {
		m, err := write()
		if err != nil {
			return nil, err
		}
		return s.buildWith(runtime.Options{Frugal: frugal}, s.suited(m), inputs, outputs)
	}
	whole := strings.Join([]string{s.e.stamp, key}, "\x00")
	r, _, err := s.e.cache.Session(s.e.lib, whole, func() ([]byte, string, error) {
		m, err := write()
		if err != nil {
			return nil, "", err
		}
		return onnx.MarshalOutside(s.suited(m))
	}, inputs, outputs, runtime.Options{Device: s.device, Threads: s.e.options.Threads, Frugal: frugal})
	return r, err
}

// UserSessionsDir is the folder in the user's cache for Options.SessionsDir.
func UserSessionsDir() string { return runtime.UserCacheDir() }
