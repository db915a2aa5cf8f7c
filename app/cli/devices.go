package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"seewhy/analysis/task"
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
				switch {
				case !d.Works:
					state = i18n.T("does not work: %s", i18n.Tell(d.Why))
				case d.Chosen:
					state = i18n.T("works, and is what auto takes")
				case d.Slow:
					state = i18n.T("works, more slowly than the CPU")
				}
				if d.Memory != nil {
					state += i18n.T("; %s", memoryText(*d.Memory))
				}
				rows = append(rows, []string{d.ID, i18n.T(d.Title), state})
			}
			s.out.rows("", rows)
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// memoryText is what a device computes in.
func memoryText(m task.Memory) string {
	if m.Card != "" {
		return i18n.T("%s, %s, of which %s are free", m.Card, gigabytes(m.Total), gigabytes(m.Free))
	}
	if m.Total == 0 {
		return i18n.T("main memory")
	}
	return i18n.T("main memory, %s, of which %s are free", gigabytes(m.Total), gigabytes(m.Free))
}

func gigabytes(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/(1<<30)) }

func jsonFlag(c *cobra.Command, v *bool) {
	c.Flags().BoolVar(v, "json", false, i18n.T("print JSON"))
}
