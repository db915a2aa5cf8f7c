package i18n

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
)

func TestTell(t *testing.T) {
	defer Use("en")
	for _, c := range []struct{ text, want string }{
		{"picture notes.txt: this is a text file, not a picture", "图片 notes.txt：这是文本文件，不是图片"},
		{"picture b.png: the PNG data cannot be read: the file ends too early (cut off?)", "图片 b.png：无法读取 PNG 数据：文件过早结束（被截断？）"},
		{"picture x.png: 30000 x 4 pixels; the limit is 20000 on a side: save a smaller copy", "图片 x.png：30000 × 4 像素；边长上限为 20000：请另存为较小的副本"},
		{"net.onnx: not an ONNX model: it declares no graph", "net.onnx：不是 ONNX 模型：其中没有图"},
		{"m answers NaN (class 3) for cat.png: its preprocessing or its weights are wrong", "m 对 cat.png 的回答为 NaN（类别 3）：预处理或权重有误"},
		{`its data file "w \"1\".bin" is missing: copy it beside the model`, `缺少数据文件 "w \"1\".bin"：请把它复制到模型旁边`},
		{
			"Saliency on net.onnx: running the model: not enough memory (a smaller batch or image needs less): bad_alloc; choose a layer nearer to the output, a smaller input size where the model allows it, or a method that needs no gradient of the input such as Grad-CAM or RISE",
			"显著图，模型 net.onnx：运行模型：内存不足（减小批量或图片可降低需求）：bad_alloc；请选择更靠近输出的层，或在模型允许时减小输入尺寸，或改用不需要输入梯度的方法，例如 Grad-CAM 或 RISE",
		},
		{"heatmap: the maps have no part of the picture in common", "各热力图在图片上没有共同的区域"},
		{"pane 2: the session's wipe cannot be 3", "窗格 2：会话的 wipe 不能为 3"},
		{
			`picture "cat.png": regions: region "sky", shape 2: run 5 of the mask has 90 cells where 7 are left of 10 x 12`,
			`图片 "cat.png"：区域：区域 "sky" 的形状 2：遮罩的第 5 个游程有 90 个单元，而 10 × 12 中只剩 7 个`,
		},
		{
			`picture "cat.png": regions: region "sky", shape 2: point 3 of the lasso lies at 9, -1.5; places are fractions of the picture, at most 4 outside of it`,
			`图片 "cat.png"：区域：区域 "sky" 的形状 2：套索的第 3 个点位于 9, -1.5；位置是相对于图片的比例，最多可超出图片 4 倍`,
		},
		{`picture "a": edit 3: a box has no radius`, `图片 "a"：编辑 3：矩形不能含有半径`},
		{
			`ONNX Runtime says "Failed to get a WebGPU adapter."; it needs a Vulkan driver such as Debian's mesa-vulkan-drivers`,
			`ONNX Runtime 报告 "Failed to get a WebGPU adapter."；需要 Vulkan 驱动，例如 Debian 的 mesa-vulkan-drivers`,
		},
		{
			`net.onnx: node "conv1" (Conv) reads "w", which nothing makes; this is no valid graph: export the model again`,
			`net.onnx：节点 "conv1"（Conv）读取 "w"，但没有任何节点产生它；该图无效：请重新导出模型`,
		},
		{
			`gradient of node "up" (Resize): attribute mode is "area", which has no gradient rule; layers above it and methods that need no gradient still work`,
			`节点 "up"（Resize）的梯度：属性 mode 为 "area"，没有梯度规则；在它之后的层以及不需要梯度的方法仍可使用`,
		},
		{
			`no gradient rule for op Foo at node "a" (Foo) and 3 more; also none for Bar, com.microsoft.Baz: layers above them and methods that need no gradient still work`,
			`算子 Foo 没有梯度规则（节点 "a"（Foo），另有 3 个）；Bar, com.microsoft.Baz 也没有：在它们之后的层以及不需要梯度的方法仍可使用`,
		},
		{"running the model: Non-zero status code", "运行模型：Non-zero status code"},
		{"something nobody has heard of: 100 %", "something nobody has heard of: 100 %"},
		{"", ""},
	} {
		Use("zh-Hans")
		if got := Tell(c.text); got != c.want {
			t.Errorf("%q\n  gives %q\n  want  %q", c.text, got, c.want)
		}
		Use("en")
		if got := Tell(c.text); got != c.text {
			t.Errorf("in English %q", got)
		}
	}
}

// Each format matches what it produces, and its translation uses the same
// arguments.
func TestToldFormats(t *testing.T) {
	defer Use("en")
	used := func(s string) (out []int) {
		next := 1
		for _, m := range verbs.FindAllStringSubmatch(s, -1) {
			if m[2] == "%" {
				continue
			}
			if m[1] != "" {
				next, _ = strconv.Atoi(m[1])
			}
			out = append(out, next)
			next++
		}
		slices.Sort(out)
		return out
	}
	for tag, formats := range told() {
		Use(tag)
		for _, f := range formats {
			want := used(f.key)
			if got := used(f.translation); !slices.Equal(got, want) {
				t.Errorf("%s: %q uses %v, %q uses %v", tag, f.key, want, f.translation, got)
			}
			var args []any
			for _, m := range verbs.FindAllStringSubmatch(f.key, -1) {
				switch m[2] {
				case "d":
					args = append(args, 7)
				case "f":
					args = append(args, 7.0)
				case "%":
				default:
					args = append(args, "seven")
				}
			}
			text := f.key
			if len(args) > 0 {
				text = fmt.Sprintf(f.key, args...)
			}
			if got := Tell(text); got == text {
				t.Errorf("%s: %q is not found again in %q", tag, f.key, text)
			}
		}
	}
}

func FuzzTell(f *testing.F) {
	f.Add("picture x: the PNG data cannot be read: y")
	f.Fuzz(func(t *testing.T, text string) {
		defer Use("en")
		Use("zh-Hans")
		_ = Tell(text)
	})
}
