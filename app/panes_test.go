package main

import (
	"testing"

	"seewhy/analysis/report"
	"seewhy/ui/state"
)

// Whatever stands on the stage can be exported.
func TestAReportHoldsAllPanes(t *testing.T) {
	if report.MaxCompared < state.MaxPanes {
		t.Errorf("a report shows %d results, the stage %d", report.MaxCompared, state.MaxPanes)
	}
}
