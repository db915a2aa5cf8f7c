package grad_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"seewhy/models/grad"
)

var update = flag.Bool("update", false, "write docs/ops.md from the rule table")

// docs/ops.md is the rule table, printed. After a change:
//
//	go test ./models/grad -run Docs -update
func TestDocsShowTheRules(t *testing.T) {
	const file = "../../docs/ops.md"
	var b strings.Builder
	fmt.Fprintf(&b, "# Operators with a gradient rule\n\nMade from the table (`go test ./models/grad -run Docs -update`). `seewhy info MODEL` tells how much of a model they cover.\n\n")
	ops := grad.Ops()
	fmt.Fprintf(&b, "%d operators: %s.\n\n", len(ops), strings.Join(ops, ", "))
	fmt.Fprintf(&b, "No gradient flows through: %s. Their outputs are indices, shapes, truth values, or constant almost everywhere.\n", strings.Join(grad.NoFlowOps(), ", "))
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
