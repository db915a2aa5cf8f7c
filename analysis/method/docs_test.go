package method_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"seewhy/analysis/method"
)

var update = flag.Bool("update", false, "write docs/methods.md from the registry")

// docs/methods.md is the registry, printed. After a change:
//
//	go test ./analysis/method -run Docs -update
func TestDocsShowTheRegistry(t *testing.T) {
	const file = "../../docs/methods.md"
	var b strings.Builder
	b.WriteString("# Methods\n\nMade from the registry (`go test ./analysis/method -run Docs -update`); `seewhy methods` prints the same.\n")
	family := ""
	for _, m := range method.All() {
		if m.Family != family {
			family = m.Family
			fmt.Fprintf(&b, "\n## %s\n", family)
		}
		fmt.Fprintf(&b, "\n### %s (`%s`)\n\n%s\n\nSource: %s.\n\nNeeds: %s.\n", m.Title, m.ID, m.Summary, m.Paper, needs(m.Needs))
		if m.Joins {
			b.WriteString("\nSeveral layers make one map.\n")
		}
		if m.Seeded {
			b.WriteString("\nDraws random numbers: the same seed gives the same map.\n")
		}
		if len(m.Params) == 0 {
			continue
		}
		b.WriteString("\n| parameter | default | range | meaning |\n|---|---|---|---|\n")
		for _, p := range m.Params {
			span := fmt.Sprintf("%g to %g", p.Min, p.Max)
			if len(p.Choices) > 0 {
				span = strings.Join(p.Choices, ", ")
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s: %s |\n", p.ID, p.Words(p.Default), span, p.Title, p.Help)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != b.String() {
		t.Errorf("%s is not the registry any more (%v): run this test with -update", file, err)
	}
}

func needs(n method.Needs) string {
	var out []string
	if n.Layer {
		out = append(out, "a spatial layer")
	}
	if n.LayerGradient {
		out = append(out, "a gradient from the score to that layer")
	}
	if n.Attention {
		out = append(out, "attention between places of the picture")
	}
	if n.AttentionGradient {
		out = append(out, "a gradient from the score to that attention")
	}
	if n.InputGradient {
		out = append(out, "a gradient from the score to the input")
	}
	if n.Curvature {
		out = append(out, "a gradient of that gradient")
	}
	if n.Biases {
		out = append(out, "layers with a bias")
	}
	if len(out) == 0 {
		return "forward passes only"
	}
	return strings.Join(out, "; ")
}
