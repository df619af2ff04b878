package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) configCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Print the settings in force, and where each comes from",
		Long: `Prints every setting with its value and where that comes from: a flag, an
EDDY_ variable, .eddy.yaml in this folder, eddy/config.yaml in
$XDG_CONFIG_HOME (or ~/.config), or the default; the first of these that has
one.`,
		Args:              none,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, _ []string) error { return p.showSettings(c) },
	}
	registerListFormat(c)
	c.Flags().String("jobs", "auto", "runs at once; auto: one for each core")
	return c
}

// settingJSON is a setting for programs.
type settingJSON struct {
	Key      string `json:"key"`
	Value    string `json:"value"`
	Source   string `json:"source"`
	Accepted string `json:"accepted"`
	About    string `json:"about"`
}

func (p *program) showSettings(c *cobra.Command) error {
	asJSON, err := p.listFormat(c)
	if err != nil {
		return err
	}
	if asJSON {
		var list []settingJSON
		for _, s := range p.conf.Settings() {
			list = append(list, settingJSON{s.Key, s.Value, s.Source, s.Accepted, s.About})
		}
		return p.writing(writeJSON(p.out, list))
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "setting\tvalue\tfrom\tabout")
	for _, s := range p.conf.Settings() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.Key, visible(s.Value), visible(s.Source), s.About)
	}
	return p.writing(table.Flush())
}
