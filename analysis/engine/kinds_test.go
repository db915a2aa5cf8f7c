package engine_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/task"
)

var update = flag.Bool("update", false, "write docs/kinds.md from what the fixtures' method lists say")

// kinds are the fixtures that stand for a kind of model. Every method runs on
// each of them or says why not (TestEveryMethodOnEverySharedModel).
var kinds = []struct{ title, about, file string }{
	{"ResNet", "residual blocks, batch norms folded into the convolutions", "../method/testdata/peers/resnet.onnx"},
	{"VGG", "a plain chain with batch norms as nodes and dense layers at the end", "../method/testdata/peers/vgg.onnx"},
	{"MobileNet", "depthwise convolutions, bottlenecks without a ReLU", "../method/testdata/peers/mobilenet.onnx"},
	{"DenseNet", "layers joined by concatenation", "../../models/grad/testdata/small/densenet.onnx"},
	{"EfficientNet", "SiLU, squeeze and excitation", "../../models/grad/testdata/small/efficientnet.onnx"},
	{"ConvNeXt", "large depthwise convolutions, layer norms, GELU", "../../models/grad/testdata/small/convnext.onnx"},
	{"ViT", "a class token and patches", "../method/testdata/peers/vit.onnx"},
	{"Swin", "attention in shifted windows, the mean of the tokens", "../method/testdata/peers/swin.onnx"},
	{"PVT", "attention to fewer keys than places, in four stages", "../../models/grad/testdata/small/pvt.onnx"},
	{"YOLO", "a detector: the scores of its most confident box", "../../models/grad/testdata/small/yolo.onnx"},
	{"DeepLab", "classes for every place", "../../models/grad/testdata/small/deeplab.onnx"},
}

// docs/kinds.md is what the method lists say. After a change:
//
//	go test ./analysis/engine -run Kinds -update
func TestDocsShowWhatRunsOnWhichKinds(t *testing.T) {
	const file = "../../docs/kinds.md"
	e := open(t)
	var lists [][]task.MethodInfo
	for _, k := range kinds {
		info, err := e.OpenModel(context.Background(), k.file, nil)
		if err != nil {
			t.Fatal(err)
		}
		lists = append(lists, info.Methods)
	}
	var b strings.Builder
	b.WriteString("# What runs on which kind of model\n\n" +
		"Made from the lists that the window and `seewhy info` show for the test fixtures (`go test ./analysis/engine -run Kinds -update`); a test runs every method on every one of them, and on the models of `shared`, where it says yes, and has it refused with the same words where it says no. " +
		"What a model's list says is found in its graph: no name of an architecture is asked for.\n\n| kind | |\n|---|---|\n")
	for _, k := range kinds {
		fmt.Fprintf(&b, "| %s | %s |\n", k.title, k.about)
	}
	var whys []string
	family := ""
	for i, m := range lists[0] {
		if m.Family != family {
			family = m.Family
			fmt.Fprintf(&b, "\n## %s\n\n| method |", family)
			for _, k := range kinds {
				fmt.Fprintf(&b, " %s |", k.title)
			}
			b.WriteString("\n|---|" + strings.Repeat("---|", len(kinds)) + "\n")
		}
		fmt.Fprintf(&b, "| %s |", m.Title)
		runs := 0
		for _, list := range lists {
			why := list[i].Why
			if why == "" {
				runs++
				b.WriteString(" yes |")
				continue
			}
			if !slices.Contains(whys, why) {
				whys = append(whys, why)
			}
			fmt.Fprintf(&b, " no (%d) |", 1+slices.Index(whys, why))
		}
		b.WriteString("\n")
		if runs == 0 {
			t.Errorf("%s runs on no kind of model", m.ID)
		}
	}
	b.WriteString("\n## Why not\n\nAs the lists say it:\n\n")
	for i, why := range whys {
		fmt.Fprintf(&b, "%d. %s\n", i+1, why)
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != b.String() {
		t.Errorf("%s is not what the method lists say any more (%v): run this test with -update", file, err)
	}
}
