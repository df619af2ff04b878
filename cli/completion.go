package cli

import (
	"github.com/spf13/cobra"

	"eddy/config"
)

func (p *program) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a shell's completion script",
		Long: `Prints a script that completes commands, flags and scenarios in a shell: bash,
zsh, fish or powershell.`,
		Example: `  source <(eddy completion bash)
  eddy completion zsh > "${fpath[1]}/_eddy"
  eddy completion fish > ~/.config/fish/completions/eddy.fish`,
		Args:              one("SHELL"),
		ValidArgsFunction: words(shells...),
		RunE: func(c *cobra.Command, args []string) error {
			root := c.Root()
			switch args[0] {
			case "bash":
				return p.writing(root.GenBashCompletionV2(p.out, true))
			case "zsh":
				return p.writing(root.GenZshCompletion(p.out))
			case "fish":
				return p.writing(root.GenFishCompletion(p.out, true))
			case "powershell":
				return p.writing(root.GenPowerShellCompletionWithDesc(p.out))
			}
			return usage("no shell %q; it takes bash, zsh, fish or powershell%s", args[0], config.DidYouMean(args[0], shells))
		},
	}
}
