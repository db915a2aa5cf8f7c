package session

import (
	"fmt"

	"seewhy/analysis/edit"
)

// checkParts holds what marks a picture's parts to the bounds that edits and
// regions have everywhere.
func (p Picture) checkParts() error {
	if err := edit.Check(p.Edits); err != nil {
		return err
	}
	if err := edit.CheckRegions(p.Regions); err != nil {
		return fmt.Errorf("regions: %w", err)
	}
	return nil
}
