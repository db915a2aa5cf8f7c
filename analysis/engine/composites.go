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
	return m.uncovered(q)
}
