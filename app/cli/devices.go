package cli

import (
	"github.com/spf13/cobra"

	"seewhy/assets/i18n"
)

func (s *shell) devices() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "devices [--json]", DisableFlagsInUseLine: true,
		Short: i18n.T("What can do the work on this machine, best first"), Args: arguments(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			e, err := s.engine()
			if err != nil {
				return err
			}
			list := e.Devices(c.Context())
			if err := c.Context().Err(); err != nil {
				return err
			}
			if asJSON {
				return s.out.json(list, true)
			}
			var rows [][]string
			for _, d := range list {
				state := i18n.T("works")
				if !d.Works {
					state = i18n.T("does not work: %s", d.Why)
				}
				rows = append(rows, []string{d.ID, d.Title, state})
			}
			s.out.rows("", rows)
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

func jsonFlag(c *cobra.Command, v *bool) {
	c.Flags().BoolVar(v, "json", false, i18n.T("print JSON"))
}
