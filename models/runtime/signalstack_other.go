//go:build !linux

package runtime

func keepSignalStack(f func() error) error { return f() }
