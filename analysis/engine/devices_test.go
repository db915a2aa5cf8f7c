package engine

import (
	"os"
	"path/filepath"
	goruntime "runtime"
	"testing"

	"seewhy/analysis/task"
)

// Devices are asked for their memory at the same time: each answers once all
// have been asked. One that does not work is not asked.
func TestMemoryIsReadAtOnce(t *testing.T) {
	if goruntime.GOOS != "linux" {
		t.Skip("the program in nvidia-smi's place is a script")
	}
	folder := t.TempDir()
	asked := filepath.Join(folder, "asked")
	script := "#!/bin/sh\necho >>" + asked + "\nwhile [ $(wc -l <" + asked + ") -lt 2 ]; do sleep 0.01; done\necho 'Card, 9000, 7000'\n"
	if err := os.WriteFile(filepath.Join(folder, "nvidia-smi"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	list := []task.DeviceInfo{{ID: "cuda", Works: true}, {ID: "tensorrt", Works: true}, {ID: "migraphx"}, {ID: "cpu", Works: true}}
	readMemory(t.Context(), list)
	for _, d := range list[:2] {
		if m := d.Memory; m == nil || *m != (task.Memory{Card: "Card", Total: 9000 << 20, Free: 7000 << 20, Used: 2000 << 20}) {
			t.Errorf("%s: %+v", d.ID, m)
		}
	}
	if list[2].Memory != nil || list[3].Memory == nil || list[3].Memory.Card != "" {
		t.Errorf("one that does not work: %+v; the CPU: %+v", list[2].Memory, list[3].Memory)
	}
}

// One device is what Auto stands for; one that works and is passed over for its
// speed says so, and none that does not work.
func TestWhatAutoTakes(t *testing.T) {
	e := newTestEngine(t, Options{})
	list := e.Providers(t.Context())
	chosen := 0
	for i, d := range list {
		if d.Chosen {
			chosen++
			if d.ID != e.device(t.Context(), task.Auto) || !d.Works || d.Slow {
				t.Errorf("Auto stands for %+v", d)
			}
		}
		if last := i == len(list)-1; d.Slow && (!d.Works || last) {
			t.Errorf("%+v is called slow", d)
		}
	}
	if chosen != 1 {
		t.Errorf("Auto stands for %d devices of %+v", chosen, list)
	}
}
