package grad_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

var update = flag.Bool("update", false, "write docs/ops.md from the rule table")

// nodeCaseNumbers is what TestNodeCases logged last (-v prints it).
const nodeCaseNumbers = `| cases of | in all | forward as expected | with a gradient | of these against float64 | no gradient flows | excepted | not offered |
|---|---|---|---|---|---|---|---|
| ONNX 1.12 (Debian) | 932 | 669 | 477 | 383 | 192 | 123 | 140 |
| ONNX 1.23.2 | 1884 | 1063 | 814 | 678 | 249 | 633 | 188 |
`

// docs/ops.md is the rule table, printed. After a change:
//
//	go test ./models/grad -run Docs -update
func TestDocsShowTheRules(t *testing.T) {
	const file = "../../docs/ops.md"
	var b strings.Builder
	fmt.Fprintf(&b, "# Operators with a gradient rule\n\nMade from the table (`go test ./models/grad -run Docs -update`). `seewhy info MODEL` tells how much of a model they cover.\n\n")
	ops := grad.Ops()
	fmt.Fprintf(&b, "%d operators: %s.\n\n", len(ops), strings.Join(ops, ", "))
	fmt.Fprintf(&b, "No gradient flows through: %s. Their outputs are indices, shapes, truth values, random, or constant almost everywhere.\n\n", strings.Join(grad.NoFlowOps(), ", "))
	fmt.Fprintf(&b, "Written out in standard operators before anything is differentiated, so that relevance rules and attention methods see the parts too: %s. Local functions are inlined, lists of tensors (`SplitToSequence`, `ConcatFromSequence` and their like) are written out, and an `If` whose condition is constant, or follows from shapes, is replaced by its branch. `Loop`, `Scan` and other `If`s are run but not differentiated; the message names the node.\n\n", strings.Join(onnx.LoweredOps(), ", "))
	fmt.Fprintf(&b, "Opsets 7 to 16 are raised to 17, where these change their form: %s. Opsets 17 to %d, the newest that the pinned ONNX Runtime takes, are read as they are.\n\n", strings.Join(onnx.UpgradedOps(), ", "), newestOpset)
	b.WriteString("## ONNX's own node tests\n\n" +
		"The node tests of ONNX's backend suite are the forward semantics: each goes through the reader, `Prepare` and ONNX Runtime and must give the stored outputs (relative 1e-3, absolute 1e-7, the suite's own tolerances); where the node is differentiable its gradient is compared with central differences, in float64 where the runtime has the kernel. `make setup-test` installs those of ONNX 1.12 from Debian; `testdata/nodecases.py` writes those of ONNX 1.23, and `SEEWHY_ONNX_NODES=FOLDER go test -v -run TestNodeCases ./models/grad` runs them.\n\n")
	b.WriteString(nodeCaseNumbers)
	b.WriteString("\nNot run are the cases that\n\n")
	for _, e := range nodeExceptions {
		fmt.Fprintf(&b, "- %s (`%s`)\n", e.why, e.pattern)
	}
	fmt.Fprintf(&b, "- are of an opset above %d, of an element type of 2, 4 or 8 bits, or of a version without a kernel in ONNX Runtime\n", newestOpset)
	b.WriteString("\nand those of operators that are not offered:\n\n")
	byReason := map[string][]string{}
	for op, why := range notOffered {
		byReason[why] = append(byReason[why], op)
	}
	for _, why := range slices.Sorted(maps.Keys(byReason)) {
		slices.Sort(byReason[why])
		fmt.Fprintf(&b, "- %s: %s\n", why, strings.Join(byReason[why], ", "))
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != b.String() {
		t.Errorf("%s is not the table any more (%v): run this test with -update", file, err)
	}
}
