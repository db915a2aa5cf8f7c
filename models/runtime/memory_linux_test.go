package runtime

import "testing"

func TestFreeMemoryIsRead(t *testing.T) {
	free, ok := procBytes("MemTotal:       16303428 kB\nMemFree:          482328 kB\nMemAvailable:    9817236 kB\n", "MemAvailable:")
	if !ok || free != 9817236<<10 {
		t.Errorf("available: %d, %v", free, ok)
	}
	if _, ok := procBytes("MemTotal: 1 kB\n", "MemAvailable:"); ok {
		t.Error("an old system without MemAvailable is taken for one with it")
	}
	left, limited := leftInGroup("1000000\n", "900000\n", "anon 5\ninactive_file 300000\n")
	if !limited || left != 400000 {
		t.Errorf("left in the group: %d, %v", left, limited)
	}
	if _, limited := leftInGroup("max\n", "5\n", ""); limited {
		t.Error("a group without a limit limits")
	}
	if left, _ := leftInGroup("10", "50", ""); left != 0 {
		t.Errorf("a group above its limit has %d left", left)
	}
	if FreeMemory() <= 0 {
		t.Error("no memory is free")
	}
}
