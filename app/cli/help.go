package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"seewhy/assets/i18n"
)

// dress gives all commands one help page in the language in use.
func (s *shell) dress(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("")
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Short, c.Long = i18n.T("Help for a command"), ""
			c.Use, c.DisableFlagsInUseLine = "help [COMMAND]", true
			c.Run, c.RunE = nil, func(c *cobra.Command, args []string) error {
				about, rest, err := root.Find(args)
				if err != nil || len(rest) > 0 {
					return usage("%q is no command; %s", strings.Join(args, " "), helpHint(root))
				}
				return about.Help()
			}
		case "completion":
			completion(c)
		}
	}
	page := func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.Flags().Lookup("help").Usage = i18n.T("this page")
		s.help(c)
	}
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { page(c) })
	root.SetUsageFunc(func(c *cobra.Command) error { page(c); return nil })
}

// completion puts the library's command in our words.
func completion(c *cobra.Command) {
	c.Short, c.Long = i18n.T("Write a completion script for a shell"), ""
	c.Use, c.DisableFlagsInUseLine, c.Args = "completion SHELL", true, cobra.ArbitraryArgs
	load := map[string]string{
		"bash": "source <(seewhy completion bash)", "zsh": "source <(seewhy completion zsh)",
		"fish": "seewhy completion fish | source", "powershell": "seewhy completion powershell | Out-String | Invoke-Expression",
	}
	for _, sub := range c.Commands() {
		sub.Short = i18n.T("Write the completion script for %s", sub.Name())
		sub.Long = sub.Short + "\n" + i18n.T("In the shell's own start file, this line loads it:") + "\n\n" + examples(load[sub.Name()])
		sub.DisableFlagsInUseLine = true
		sub.Flags().Lookup("no-descriptions").Usage = i18n.T("names alone, without what they mean")
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return usage("completion: %q is no shell that is known; there are: %s", args[0], strings.Join(sortedKeys(load), ", "))
	}
}

func (s *shell) help(c *cobra.Command) {
	text := c.Long
	if text == "" {
		text = c.Short
	}
	s.out.line(text + "\n")
	s.out.line(i18n.T("Usage:"))
	s.out.line("  " + c.UseLine())
	if c.HasAvailableSubCommands() {
		if !strings.HasSuffix(c.Use, "SHELL") {
			s.out.line("  " + c.CommandPath() + " " + i18n.T("COMMAND ..."))
		}
		s.out.line("\n" + i18n.T("Commands:"))
		var rows [][]string
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				rows = append(rows, []string{sub.Name(), sub.Short})
			}
		}
		s.out.rows("  ", rows)
	}
	if c.Example != "" {
		s.out.line("\n" + i18n.T("Examples:"))
		s.out.line(c.Example)
	}
	local := c.LocalNonPersistentFlags()
	local.SortFlags = c.Flags().SortFlags
	s.flags(i18n.T("Flags:"), local)
	s.flags(i18n.T("Flags of every command:"), c.Root().PersistentFlags())
}

func (s *shell) flags(title string, set *pflag.FlagSet) {
	var rows [][]string
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		// Texts end in ": `VALUE`", which stands behind the flag already.
		text = strings.TrimSuffix(strings.TrimSuffix(text, ": "+value), "："+value)
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if f.Value.Type() != "bool" {
			name += " " + value
		}
		if d := f.DefValue; d != "" && d != "false" && d != "[]" && d != "0" {
			text += i18n.T(" (default %s)", d)
		}
		rows = append(rows, []string{name, text})
	})
	if len(rows) > 0 {
		s.out.line("\n" + title)
		s.out.rows("  ", rows)
	}
}

// values completes a flag's value in the shell.
func values(c *cobra.Command, flag string, list func() []string) {
	// It fails only for a flag that does not exist, which the first test would show.
	_ = c.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return list(), cobra.ShellCompDirectiveNoFileComp
	})
}

// examples indents one example a line.
func examples(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }
