package cli

import (
	"github.com/spf13/cobra"

	"seewhy/assets/i18n"
)

func (s *shell) gallery() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "gallery [--json]", DisableFlagsInUseLine: true,
		Short: i18n.T("The pictures that come with the program"), Args: arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			e, err := s.engine()
			if err != nil {
				return err
			}
			if asJSON {
				return s.out.json(e.Gallery(), true)
			}
			var rows [][]string
			for _, g := range e.Gallery() {
				rows = append(rows, []string{g.Ref, i18n.T(g.Truth), i18n.T(g.Title)})
			}
			s.out.rows("", rows)
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	return c
}
