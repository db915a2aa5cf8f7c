package engine

import (
	"seewhy/analysis/method"
	"seewhy/models/grad"
)

// hindrance says what keeps a composite from carrying the score back to the
// input; empty where nothing does.
func (m *model) hindrance(c method.Composite) string {
	q := grad.Query{Score: m.scores.Logits, Wants: []string{m.prepared.Input}, Composite: grad.Composite(c)}
	why, err := grad.Hindrance(m.prepared, q)
	if err != nil {
		return err.Error()
	}
	if why != "" {
		return why
	}
	// What the graph promised may have failed by numbers since.
	if m.info.OneByOne != "" && q.Composite.Paired() {
		return grad.OneAtATime
	}
	return m.uncovered(q)
}
