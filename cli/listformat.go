package cli

import "github.com/spf13/cobra"

// registerListFormat gives a command that prints a list --format text|json.
func registerListFormat(c *cobra.Command) {
	c.Flags().String("format", "text", "text or json")
	_ = c.RegisterFlagCompletionFunc("format", words("text", "json"))
}

// listFormat says whether the list is to be JSON. A setting that is meant for
// results, and makes no sense for a list, leaves it text.
func (p *program) listFormat(c *cobra.Command) (asJSON bool, err error) {
	given := c.Flags().Changed("format")
	switch p.conf.Format {
	case "json":
		return true, nil
	case "text":
		return false, nil
	}
	if given {
		return false, usage("%s prints text or json, not %s", c.CommandPath(), p.conf.Format)
	}
	return false, nil
}
