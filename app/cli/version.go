package cli

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"seewhy/assets/i18n"
)

func (s *shell) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", DisableFlagsInUseLine: true, Short: i18n.T("Versions of the program, ONNX Runtime and Go"), Args: arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			library := ""
			e, err := s.engine()
			if err != nil {
				// A version is asked for when something does not work: answer all the same.
				var list bool
				if library, _, list = strings.Cut(i18n.Tell(err.Error()), "\n"); list {
					// The list of places that the line announces is left out.
					library = library[:max(strings.LastIndexAny(library, ";；"), 0)]
				}
				library = i18n.T("not usable: %s", library)
			} else {
				number, path := e.Runtime()
				library = fmt.Sprintf("%s (%s)", number, path)
			}
			s.out.rows("", [][]string{
				{"SeeWhy", s.Version},
				{"ONNX Runtime", library},
				{"Go", runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH},
			})
			return nil
		},
	}
}
