package cli

import (
	"fmt"
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// mostPlaced bounds the nodes that are listed; JSON has all.
const mostPlaced = 40

// placements shows where graphs are cut.
func (s *shell) placements(list []task.Placement) {
	for _, p := range list {
		s.out.line("")
		title := i18n.T("Forward pass, to %s:", p.Of)
		if p.Graph == "gradient" {
			title = i18n.T("Forward and backward pass (%s):", p.Of)
		}
		if p.Err != "" {
			s.out.line(title + " " + i18n.T("it cannot run there: %s", i18n.Tell(p.Err)))
			continue
		}
		var counts []string
		for _, c := range p.Counts {
			counts = append(counts, i18n.T("nodes on %s: %d", c.Device, c.Nodes))
		}
		cut := i18n.T("in one piece")
		if p.Cuts > 0 {
			cut = i18n.T("changes of device: %d", p.Cuts)
		}
		s.out.line(title + " " + strings.Join(counts, ", ") + "; " + cut)
		var rows [][]string
		for _, n := range p.Elsewhere[:min(len(p.Elsewhere), mostPlaced)] {
			rows = append(rows, []string{n.Device, n.Op, n.Name})
		}
		if more := len(p.Elsewhere) - mostPlaced; more > 0 {
			rows = append(rows, []string{"…", fmt.Sprintf("+%d", more), "--json"})
		}
		s.out.rows("  ", rows)
	}
}
