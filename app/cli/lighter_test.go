package cli

import (
	"errors"
	"fmt"
	"testing"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

func TestInWords(t *testing.T) {
	short := errors.New("not enough memory")
	for _, c := range []struct {
		err  error
		want string
	}{
		{short, "not enough memory"},
		{&task.TooLarge{Err: short}, "not enough memory"},
		{
			fmt.Errorf("cat.jpg: %w", &task.TooLarge{Err: short, Lighter: []task.Lighter{
				{Size: prep.Size{Width: 160, Height: 160}}, {Size: prep.Size{Width: 160, Height: 96}}, {Method: "gradcam", Title: "Grad-CAM"},
			}}),
			"cat.jpg: not enough memory; these need less: --size 160, --size 160x96, --method gradcam",
		},
	} {
		if got := inWords(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// What the engine says in English is told in the language of the rest, also
// inside of what the command line says itself.
func TestInWordsOfAnotherLanguage(t *testing.T) {
	defer i18n.Use("en")
	i18n.Use("zh-Hans")
	empty := errors.New("x.onnx is empty (0 bytes): the download or copy may have failed")
	for _, c := range []struct {
		err  error
		want string
	}{
		{fault{ExitUnusable, fmt.Errorf("%s %w", i18n.T("model:"), empty)}, "模型 x.onnx 是空文件（0 字节）：下载或复制可能失败了"},
		{unusable("task %s: %v", "t.json", empty), "任务 t.json：x.onnx 是空文件（0 字节）：下载或复制可能失败了"},
		{&task.TooLarge{Err: empty, Lighter: []task.Lighter{{Method: "gradcam"}}}, "x.onnx 是空文件（0 字节）：下载或复制可能失败了；以下方式占用较少：--method gradcam"},
	} {
		if got := inWords(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
