//go:build !linux

package runtime

func freeMemory() (int64, bool) { return 0, false }
