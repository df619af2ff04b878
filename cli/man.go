package cli

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"eddy/tui"
)

func (p *program) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "Print a manual page",
		Long: `Prints the manual page of eddy, with the keys of the live screen, or that of one
of its commands, for man(1) to read.`,
		Example: `  man <(eddy man)
  eddy man run > eddy-run.1`,
		Args:              atMostOne("COMMAND"),
		ValidArgsFunction: completeCommand,
		RunE: func(c *cobra.Command, args []string) error {
			page := c.Root()
			if len(args) == 1 {
				found, rest, err := c.Root().Find(args)
				if err != nil || len(rest) > 0 || found == c.Root() {
					return p.noCommand(c.Root(), args)
				}
				page = found
			}
			text, err := manual(page)
			if err != nil {
				return err
			}
			_, err = p.out.Write(text)
			return p.writing(err)
		},
	}
}

// atMostOne accepts one argument or none.
func atMostOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage("%s takes one %s at most; see %s --help", c.CommandPath(), what, c.CommandPath())
		}
		return nil
	}
}

// completeCommand completes the names of commands.
func completeCommand(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, sub := range c.Root().Commands() {
		if len(args) == 0 && sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// manual is a command's manual page in roff. That of eddy itself has the keys
// of the live screen, from the table that the screen obeys. It has no date, so
// that the same version prints the same page.
func manual(c *cobra.Command) ([]byte, error) {
	c.DisableAutoGenTag = true
	var b bytes.Buffer
	header := &doc.GenManHeader{Section: "1", Source: "eddy " + Version, Manual: "Eddy", Date: &time.Time{}}
	if err := doc.GenMan(c, header, &b); err != nil {
		return nil, err
	}
	text := strings.Replace(b.String(), `"Jan 0001"`, `""`, 1)
	if c.HasParent() {
		return []byte(text), nil
	}
	before, after, found := strings.Cut(text, "\n.SH SEE ALSO")
	if !found {
		return nil, fmt.Errorf("the manual page has no place for the keys")
	}
	return []byte(before + "\n" + keysRoff() + exitRoff + "\n.SH SEE ALSO" + after), nil
}

// keysRoff is the table of keys, a part of the screen after the other.
func keysRoff() string {
	var b strings.Builder
	b.WriteString(".SH KEYS OF THE LIVE SCREEN\n")
	group := ""
	for _, k := range tui.Keys() {
		if k.Group != group {
			group = k.Group
			b.WriteString(".SS " + roff(strings.ToUpper(group[:1])+group[1:]) + "\n")
		}
		b.WriteString(".TP\n\\fB" + roff(k.Shown) + "\\fP\n" + roff(k.Text) + "\n")
	}
	return b.String()
}

const exitRoff = `.SH EXIT STATUS
.TP
0
done
.TP
1
it could not finish: a file, a full disk, a mistake in Eddy
.TP
2
wrong usage, or a scenario with errors
.TP
3
an expectation failed
.TP
4
an expectation could not be decided: more replications are needed
.TP
129, 130, 143
ended by SIGHUP, SIGINT, SIGTERM
`

// roff is plain text as roff takes it.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`).Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}
