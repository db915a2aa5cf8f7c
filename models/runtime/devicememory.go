package runtime

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Memory is that of a device now, in bytes.
type Memory struct {
	// Of names the card as its driver does; empty for main memory.
	Of string
	// Total is what there is, Free what nobody uses. Of main memory Free is what
	// a program can still take (see FreeMemory).
	Total, Free int64
	// Own says that the device has memory of its own. Where it has none, or its
	// driver does not tell, the rest is the main memory's.
	Own bool
}

// DeviceMemory tells the memory that a device's values lie in. NVIDIA's cards
// are asked through nvidia-smi, which comes with the driver, AMD's through
// amdgpu's files in /sys; both know the first card that the program may use.
// WebGPU takes any card, so it is the first that tells. Everything else computes
// in main memory or does not tell: then that is given.
func DeviceMemory(ctx context.Context, device string) Memory {
	switch device {
	case "cuda", "tensorrt":
		if m, ok := askNvidia(ctx); ok {
			return m
		}
	case "migraphx":
		if m, ok := amdMemory(amdFolder); ok {
			return m
		}
	case "webgpu":
		if softwareVulkan() {
			break
		}
		if m, ok := askNvidia(ctx); ok {
			return m
		}
		if m, ok := amdMemory(amdFolder); ok {
			return m
		}
	}
	return Memory{Total: totalMemory(), Free: FreeMemory()}
}

// nvidiaLimit bounds asking, which takes a tenth of a second.
const nvidiaLimit = 3 * time.Second

func askNvidia(ctx context.Context) (Memory, bool) {
	program, err := exec.LookPath("nvidia-smi")
	if err != nil {
		return Memory{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, nvidiaLimit)
	defer cancel()
	args := []string{"--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"}
	// The first of those that CUDA shows to the program is its device 0.
	if first, _, _ := strings.Cut(os.Getenv("CUDA_VISIBLE_DEVICES"), ","); first != "" {
		args = append(args, "--id="+first)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return Memory{}, false
	}
	return parseNvidia(string(out))
}

// parseNvidia reads the first line: name, total and free in MiB.
func parseNvidia(text string) (Memory, bool) {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	// A name may hold a comma; the numbers are last.
	fields := strings.Split(line, ",")
	if len(fields) < 3 {
		return Memory{}, false
	}
	number := func(i int) (int64, bool) {
		n, err := strconv.ParseInt(strings.TrimSpace(fields[len(fields)-i]), 10, 64)
		return n << 20, err == nil && n >= 0 && n < 1<<30
	}
	total, ok := number(2)
	free, also := number(1)
	if !ok || !also || total == 0 || free > total {
		return Memory{}, false
	}
	return Memory{Of: strings.TrimSpace(strings.Join(fields[:len(fields)-2], ",")), Total: total, Free: free, Own: true}, true
}

// amdFolder is where the kernel lists graphics cards.
const amdFolder = "/sys/class/drm"

func amdMemory(folder string) (Memory, bool) {
	cards, err := filepath.Glob(filepath.Join(folder, "card*", "device"))
	if err != nil {
		return Memory{}, false
	}
	for _, card := range cards {
		read := func(name string) (int64, bool) {
			text, err := os.ReadFile(filepath.Join(card, name))
			if err != nil {
				return 0, false
			}
			n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
			return n, err == nil && n >= 0
		}
		total, ok := read("mem_info_vram_total")
		used, also := read("mem_info_vram_used")
		if ok && also && total > 0 && used <= total {
			return Memory{Of: "AMD", Total: total, Free: total - used, Own: true}, true
		}
	}
	return Memory{}, false
}

// softwareVulkan says that the Vulkan driver was chosen by hand and is one in
// software, whose memory is the main one.
func softwareVulkan() bool {
	for _, name := range []string{"VK_DRIVER_FILES", "VK_ICD_FILENAMES"} {
		v := strings.ToLower(os.Getenv(name))
		if strings.Contains(v, "swiftshader") || strings.Contains(v, "lvp_icd") {
			return true
		}
	}
	return false
}
