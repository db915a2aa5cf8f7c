package runtime

import (
	"os"
	"path/filepath"
	stdruntime "runtime"
	"testing"
	"time"
)

func TestParseNvidia(t *testing.T) {
	for _, c := range []struct {
		text string
		want Memory
		ok   bool
	}{
		{"NVIDIA H200, 143771, 143000\nNVIDIA H200, 143771, 1\n", Memory{"NVIDIA H200", 143771 << 20, 143000 << 20, true}, true},
		{"Quadro, of sorts, 100, 40", Memory{"Quadro, of sorts", 100 << 20, 40 << 20, true}, true},
		{"NVIDIA, [N/A], [N/A]", Memory{}, false},
		{"NVIDIA, 100, 101", Memory{}, false},
		{"NVIDIA, -5, -5", Memory{}, false},
		{"NVIDIA-SMI has failed", Memory{}, false},
		{"", Memory{}, false},
	} {
		if got, ok := parseNvidia(c.text); got != c.want || ok != c.ok {
			t.Errorf("%q: %+v, %v", c.text, got, ok)
		}
	}
}

// A card's memory is its own, asked of the card that CUDA shows first; where
// nobody tells, it is the main memory.
func TestDeviceMemory(t *testing.T) {
	if stdruntime.GOOS != "linux" {
		t.Skip("the programs are Linux's")
	}
	folder := t.TempDir()
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	script := "#!/bin/sh\ncase \"$*\" in *--id=3*) echo 'Card 3, 2000, 500';; *) echo 'Card 0, 1000, 600';; esac\n"
	if err := os.WriteFile(filepath.Join(folder, "nvidia-smi"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if got, want := DeviceMemory(t.Context(), "cuda"), (Memory{"Card 0", 1000 << 20, 600 << 20, true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	t.Setenv("CUDA_VISIBLE_DEVICES", "3,1")
	if got, want := DeviceMemory(t.Context(), "tensorrt"), (Memory{"Card 3", 2000 << 20, 500 << 20, true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	t.Setenv("VK_DRIVER_FILES", "/x/vk_swiftshader_icd.json")
	for _, device := range []string{CPU, "xnnpack", "openvino", "webgpu"} {
		got := DeviceMemory(t.Context(), device)
		if got.Own || got.Of != "" || got.Total < 256<<20 || got.Free <= 0 || got.Free > got.Total {
			t.Errorf("%s: %+v, want the main memory", device, got)
		}
	}
	// A tool that hangs or fails says nothing.
	for _, script := range []string{"#!/bin/sh\nexec sleep 60\n", "#!/bin/sh\necho 'Card 0, 1000, 600'; exit 9\n"} {
		if err := os.WriteFile(filepath.Join(folder, "nvidia-smi"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if got := DeviceMemory(t.Context(), "cuda"); got.Own || time.Since(begin) > nvidiaLimit+2*time.Second {
			t.Errorf("%+v after %v", got, time.Since(begin))
		}
	}
}

func TestAMDMemory(t *testing.T) {
	folder := t.TempDir()
	if _, ok := amdMemory(folder); ok {
		t.Error("found a card in an empty folder")
	}
	for name, files := range map[string]map[string]string{
		"card0": {"vendor": "0x8086\n"},
		"card1": {"mem_info_vram_total": "17163091968\n", "mem_info_vram_used": "1163091968\n"},
	} {
		dir := filepath.Join(folder, name, "device")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for file, text := range files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, ok := amdMemory(folder)
	if want := (Memory{"AMD", 17163091968, 16000000000, true}); got != want || !ok {
		t.Errorf("%+v, %v", got, ok)
	}
}
