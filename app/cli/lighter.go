package cli

import (
	"errors"
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// inWords is an error in words; where memory was short, with the flags that
// make the same command need less.
func inWords(err error) string {
	text := err.Error()
	var large *task.TooLarge
	if !errors.As(err, &large) || len(large.Lighter) == 0 {
		return text
	}
	var flags []string
	for _, l := range large.Lighter {
		if l.Method != "" {
			flags = append(flags, "--method "+l.Method)
		} else {
			flags = append(flags, "--size "+l.Size.String())
		}
	}
	return text + "; " + i18n.T("these need less: %s", strings.Join(flags, ", "))
}
