package runtime

import "testing"

// The structures are Windows': what holding memory does to their figures shows
// that each field lies where it is read.
func TestMemoryOfWindows(t *testing.T) {
	free, ok := freeMemory()
	if total := totalMemory(); !ok || free <= 0 || free > total || total > 1<<46 {
		t.Errorf("%d bytes free of %d, %v", free, total, ok)
	}
	before, _, ok := ResidentMemory()
	if !ok || before < 1<<20 || before > totalMemory() {
		t.Fatalf("the process holds %d bytes, %v", before, ok)
	}
	const more = 64 << 20
	held := make([]byte, more)
	for i := range held {
		held[i] = byte(i)
	}
	if after, peak, _ := ResidentMemory(); after-before < more/2 || peak < after {
		t.Errorf("holding %d bytes more moved it from %d to %d, peak %d", more, before, after, peak)
	}
	if held[1] != 1 {
		t.Error("held changed")
	}
}
