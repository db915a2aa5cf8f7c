package runtime

import "testing"

func TestResidentMemory(t *testing.T) {
	const status = "Name:\tseewhy\nVmPeak:\t  999999 kB\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\nThreads:\t9\n"
	for field, want := range map[string]int64{"VmRSS:": 10 << 20, "VmHWM:": 20 << 20} {
		if got, ok := procBytes(status, field); got != want || !ok {
			t.Errorf("%s read as %d bytes, %v", field, got, ok)
		}
	}
	for _, bad := range []string{"", "VmRSS:", "VmRSS: many kB\n", "VmRSS: -1 kB\n", "VmRSS: 99999999999999999999 kB\n"} {
		if got, ok := procBytes(bad, "VmRSS:"); got != 0 || ok {
			t.Errorf("%q gives %d", bad, got)
		}
	}
	before, _, ok := ResidentMemory()
	if !ok {
		t.Fatal("the system does not tell")
	}
	const more = 64 << 20
	held := make([]byte, more)
	for i := range held {
		held[i] = byte(i)
	}
	// The collector may give back what other tests left, but hardly half of it.
	if after, peak, _ := ResidentMemory(); after-before < more/2 || peak < after {
		t.Errorf("holding %d bytes more moved it from %d to %d, peak %d", more, before, after, peak)
	}
	if held[1] != 1 {
		t.Error("held changed")
	}
}
