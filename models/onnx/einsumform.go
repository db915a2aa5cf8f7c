package onnx

import (
	"fmt"
	"regexp"
	"strings"
)

// An equation of Einsum: terms of letters with at most one ellipsis each.
var (
	einsumTerm     = regexp.MustCompile(`^[A-Za-z]*(\.\.\.)?[A-Za-z]*$`)
	einsumEllipsis = "..."
)

// einsum refuses equations that do not fit their operands: ONNX Runtime 1.27
// ends the process when it infers the shape of some, such as those whose output
// has a letter that no operand has, or whose ellipses stand for different
// numbers of dimensions. What is not known here is left to the runtime.
func (s *sizes) einsum(n *Node) error {
	equation := strings.ReplaceAll(n.AttrString("equation", ""), " ", "")
	left, out, explicit := strings.Cut(equation, "->")
	terms := strings.Split(left, ",")
	if len(terms) != len(n.In) {
		return fmt.Errorf("%s: its equation %q has %d terms for %d operands", n.Label(), equation, len(terms), len(n.In))
	}
	for _, term := range append(terms[:len(terms):len(terms)], out) {
		if !einsumTerm.MatchString(term) {
			return fmt.Errorf("%s: its equation %q has the term %q, which is no list of letters with at most one ellipsis", n.Label(), equation, term)
		}
	}
	if explicit {
		seen := ""
		for _, c := range strings.ReplaceAll(out, einsumEllipsis, "") {
			if !strings.ContainsRune(left, c) || strings.ContainsRune(seen, c) {
				return fmt.Errorf("%s: its equation %q has the letter %q in its output, where no operand has it or where it is twice", n.Label(), equation, c)
			}
			seen += string(c)
		}
		if strings.Contains(out, einsumEllipsis) && !strings.Contains(left, einsumEllipsis) {
			return fmt.Errorf("%s: its equation %q has an ellipsis in its output, and no operand has one", n.Label(), equation)
		}
	}
	dims := -1
	for i, term := range terms {
		rank, known := s.rank(n.Input(i))
		if !known {
			continue
		}
		letters := strings.ReplaceAll(term, einsumEllipsis, "")
		rest := rank - len(letters)
		switch open := letters != term; {
		case rest < 0 || rest > 0 && !open:
			return fmt.Errorf("%s: its equation %q has the term %q for an operand of rank %d", n.Label(), equation, term, rank)
		case open && dims >= 0 && rest != dims:
			return fmt.Errorf("%s: its equation %q has ellipses that stand for %d and for %d dimensions: reshape its operands to one rank", n.Label(), equation, dims, rest)
		case open:
			dims = rest
		}
	}
	return nil
}
