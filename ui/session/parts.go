package session

import (
	"fmt"
	"slices"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
)

// check holds a picture of the filmstrip to its bounds.
func (p Picture) check() error {
	if !slices.Contains([]string{"", Starred, Rejected}, p.Mark) {
		return damaged("mark", p.Mark)
	}
	if len(p.Note) > MaxNote {
		return damaged("note", fmt.Sprintf("%d bytes long", len(p.Note)))
	}
	// Edits and regions have the bounds that they have everywhere.
	if err := edit.Check(p.Edits); err != nil {
		return fmt.Errorf("picture %q: %w", p.Name, err)
	}
	if err := edit.CheckRegions(p.Regions); err != nil {
		return fmt.Errorf("picture %q: regions: %w", p.Name, err)
	}
	if len(p.Box) > 1 || len(p.Box) == 1 && p.Box[0].Kind != task.Box {
		return damaged("box", len(p.Box))
	}
	for _, s := range p.Box {
		if err := edit.CheckShape(s); err != nil {
			return fmt.Errorf("picture %q: box: %w", p.Name, err)
		}
	}
	return nil
}
