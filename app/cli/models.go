package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"seewhy/analysis/engine"
	"seewhy/assets/i18n"
	"seewhy/models/library"
)

func (s *shell) models() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "models [--json]", DisableFlagsInUseLine: true,
		Short: i18n.T("Models inside the program, opened lately, and ready to be downloaded"), Args: arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			e, err := s.engineWith(engine.Options{Memory: library.UserMemory()})
			if err != nil {
				return err
			}
			if asJSON {
				return s.out.json(e.KnownModels(), true)
			}
			var rows [][]string
			for _, k := range e.KnownModels() {
				state := i18n.T("here")
				if !k.Here {
					state = i18n.T("to download")
				}
				rows = append(rows, []string{k.Ref, i18n.T(k.Title), size(k.Bytes), state, k.License})
			}
			s.out.rows("", rows)
			s.out.line("\n" + i18n.T("\"seewhy models get NAME\" downloads one of the catalogue."))
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	c.AddCommand(s.get())
	return c
}

// size is in words: 24.5 MB.
func size(bytes int64) string {
	switch mb := float64(bytes) / 1e6; {
	case mb >= 100:
		return fmt.Sprintf("%.0f MB", mb)
	case mb >= 0.1:
		return fmt.Sprintf("%.1f MB", mb)
	}
	return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
}
