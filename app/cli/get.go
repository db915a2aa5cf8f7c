package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"seewhy/assets/i18n"
	"seewhy/models/library"
)

func (s *shell) get() *cobra.Command {
	return &cobra.Command{
		Use: "get NAME...", DisableFlagsInUseLine: true,
		Short: i18n.T("Download models of the catalogue"),
		Long: i18n.T("Downloads models of the catalogue into the user's data folder and prints their paths.") + "\n" +
			i18n.T("A download that was broken off goes on where it stopped. What has come is checked against its SHA-256."),
		Args: arguments(1, -1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return catalogueNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			var items []library.Item
			for _, name := range args {
				name = strings.TrimPrefix(name, "catalogue:")
				item, err := library.CatalogueItem(name)
				if err != nil {
					if close := near(name, catalogueNames(), 3); len(close) > 0 {
						return usage("no model %q in the catalogue; near ones: %s", name, strings.Join(close, ", "))
					}
					return fault{ExitUsage, err}
				}
				items = append(items, item)
			}
			return s.fetchAll(c.Context(), items)
		},
	}
}

func catalogueNames() []string {
	var names []string
	for _, i := range library.Catalogue() {
		names = append(names, i.Name)
	}
	return names
}

func (s *shell) fetchAll(ctx context.Context, items []library.Item) error {
	failed := 0
	for _, item := range items {
		s.err.line(i18n.T("%s (%s), licence %s", item.Title, size(item.Bytes), item.License))
		s.err.line(i18n.T(item.About))
		bar := s.bar(item.Bytes)
		path, err := library.Fetch(ctx, item, library.ModelsDir(), nil, func(done, _ int64) {
			if bar != nil {
				// The bar writes to the terminal alone: a failure there says nothing of the download.
				_ = bar.Set64(done)
			}
		})
		if bar != nil {
			s.err.raw("\n")
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed++
			s.warn(inWords(err))
			continue
		}
		s.out.line(path)
	}
	if failed > 0 {
		return errors.New(i18n.T("%d of %d models could not be fetched", failed, len(items)))
	}
	return nil
}

// bar shows a download's progress; nil where stderr is no terminal.
func (s *shell) bar(total int64) *progressbar.ProgressBar {
	if !terminal(s.Stderr) {
		return nil
	}
	return progressbar.NewOptions64(
		total, progressbar.OptionSetWriter(s.Stderr), progressbar.OptionShowBytes(true),
		progressbar.OptionFullWidth(), progressbar.OptionThrottle(100_000_000),
	)
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
