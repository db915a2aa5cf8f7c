package cli

import (
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// inWords is an error in the user's language; where memory was short, with the
// flags that make the same command need less.
func inWords(err error) string {
	text := i18n.Tell(err.Error())
	lighter := task.LighterThan(err)
	if len(lighter) == 0 {
		return text
	}
	var flags []string
	for _, l := range lighter {
		if l.Method != "" {
			flags = append(flags, "--method "+l.Method)
		} else {
			flags = append(flags, "--size "+l.Size.String())
		}
	}
	return i18n.T("%s; these need less: %s", text, strings.Join(flags, ", "))
}
