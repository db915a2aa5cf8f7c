package engine

import (
	"errors"
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
// needs, for sessions with kernels of our own or without. Models whose weights
// are mapped are built anew: the cache would hold copies.
func (s *session) buildKept(key string, write func(kernels bool) (*onnx.Model, error), inputs, outputs []string, frugal bool) (*runtime.Session, error) {
	o := runtime.Options{Device: s.device, Threads: s.e.options.Threads, Frugal: frugal}
	if s.kernels() {
		o.Kernels = true
		r, err := s.keep(key+"\x00kernels", func() (*onnx.Model, error) { return write(true) }, inputs, outputs, o)
		if !errors.Is(err, runtime.ErrKernels) {
			return r, err
		}
		// One that the kernels cannot run is not tried again; short memory may pass.
		if !errors.Is(err, runtime.ErrMemory) {
			s.e.noKernels.Store(s.m.info.Ref.SHA256, true)
		}
		o.Kernels = false
	}
	return s.keep(key, func() (*onnx.Model, error) { return write(false) }, inputs, outputs, o)
}

// kernels tells whether gradients may be written for kernels of our own.
func (s *session) kernels() bool {
	if s.device != runtime.CPU || s.half || s.m.file.Outside() || !s.e.lib.Kernels() {
		return false
	}
	_, failed := s.e.noKernels.Load(s.m.info.Ref.SHA256)
	return !failed
}

func (s *session) keep(key string, write func() (*onnx.Model, error), inputs, outputs []string, o runtime.Options) (*runtime.Session, error) {
	if s.e.cache == nil || s.device != runtime.CPU || s.half || s.m.file.Outside() {
		m, err := write()
		if err != nil {
			return nil, err
		}
		return s.buildWith(o, s.suited(m), inputs, outputs)
	}
	whole := strings.Join([]string{s.e.stamp, key}, "\x00")
	r, _, err := s.e.cache.Session(s.e.lib, whole, func() ([]byte, string, error) {
		m, err := write()
		if err != nil {
			return nil, "", err
		}
		return onnx.MarshalOutside(s.suited(m))
	}, inputs, outputs, o)
	return r, err
}

// UserSessionsDir is the folder in the user's cache for Options.SessionsDir.
func UserSessionsDir() string { return runtime.UserCacheDir() }
