//go:build !linux

package runtime

// load does nothing: these systems look for companions beside the library.
func load(string) error { return nil }

// nvidiaDriver is false: the GPU build of the runtime is fetched on Linux only.
func nvidiaDriver() bool { return false }
