package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"eddy/scenarios"
	"eddy/sim/experiment"
)

func (p *program) validateCommand() *cobra.Command {
	var ch changes
	c := &cobra.Command{
		Use:   "validate SCENARIO...",
		Short: "Tell what is wrong with scenarios, without running them",
		Long: `Checks each scenario and prints every error with its place, what is accepted
there and what was perhaps meant; and warnings about what can be foreseen to go
otherwise than meant: from the text alone, and from queueing theory (see predict),
with the name of the finding that a run would have and the change that mends it.
Exits with 2 if there is an error.`,
		Example: `  eddy validate my.yaml
  eddy validate *.yaml --format json`,
		Args:              some("SCENARIO"),
		ValidArgsFunction: completeScenario,
		RunE:              func(c *cobra.Command, args []string) error { return p.validate(c, args, &ch) },
	}
	ch.register(c)
	registerListFormat(c)
	return c
}

func (p *program) validate(c *cobra.Command, names []string, ch *changes) error {
	asJSON, err := p.listFormat(c)
	if err != nil {
		return err
	}
	if err := ch.withoutAuto(); err != nil {
		return err
	}
	if err := p.drawSeed(ch); err != nil {
		return err
	}
	var all scenarios.Diagnostics
	failed := false
	for _, name := range names {
		src, err := p.open(name)
		if err != nil {
			if codeOf(err) != exitUsage {
				return err
			}
			p.tell("%s", err)
			failed = true
			continue
		}
		o := ch.options(c)
		o.Name, o.FS, o.Foresee = src.name, src.fsys, foresee
		_, ds := scenarios.Load(src.text, o)
		failed = failed || ds.HasErrors()
		all = append(all, ds...)
		if asJSON {
			continue
		}
		if err := p.writeDiagnostics(src.name, ds); err != nil {
			return p.writing(err)
		}
	}
	if asJSON {
		if err := writeDiagnosticsJSON(p.out, all); err != nil {
			return p.writing(err)
		}
	}
	if failed {
		return silently(exitUsage)
	}
	return nil
}

// foresee tells what queueing theory tells of a scenario before it runs, in
// the words of the findings a run would have, with the change that mends it.
func foresee(sc *experiment.Scenario) []scenarios.Foreseen {
	var all []scenarios.Foreseen
	for _, x := range experiment.Foresee(sc) {
		var tries []string
		for _, c := range x.Change {
			tries = append(tries, c.Path+"="+c.Value)
		}
		mend := ""
		if len(tries) > 0 {
			mend = "try " + strings.Join(tries, ", ")
		}
		if x.Predicted != "" {
			mend += ": " + x.Predicted
		}
		all = append(all, scenarios.Foreseen{Code: x.Code, Component: x.Component, Problem: x.Text, Accepted: mend})
	}
	return all
}

// writeDiagnostics writes what there is to say about one scenario, and one
// line about it as a whole.
func (p *program) writeDiagnostics(name string, ds scenarios.Diagnostics) error {
	if err := ds.Render(p.out, colour(p.conf, p.out.w, os.Getenv)); err != nil {
		return err
	}
	errors, warnings := 0, 0
	for _, d := range ds {
		if d.Severity == scenarios.Error {
			errors++
		} else {
			warnings++
		}
	}
	line := "valid"
	switch {
	case errors > 0 && warnings > 0:
		line = plural(errors, "error") + ", " + plural(warnings, "warning")
	case errors > 0:
		line = plural(errors, "error")
	case warnings > 0:
		line = "valid, " + plural(warnings, "warning")
	}
	_, err := fmt.Fprintf(p.out, "%s: %s\n", visible(name), line)
	return err
}

// diagnosticJSON is a diagnostic for programs.
type diagnosticJSON struct {
	File       string `json:"file"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	Severity   string `json:"severity"`
	Path       string `json:"path"`
	Problem    string `json:"problem"`
	Accepted   string `json:"accepted"`
	Suggestion string `json:"suggestion"`
	Code       string `json:"code"`
}

func writeDiagnosticsJSON(w io.Writer, ds scenarios.Diagnostics) error {
	list := []diagnosticJSON{}
	for _, d := range ds {
		list = append(list, diagnosticJSON{
			d.File, d.Line, d.Col, d.Severity.String(), d.Path, d.Problem, d.Accepted, d.Suggestion, d.Code,
		})
	}
	return writeJSON(w, list)
}

// writeJSON writes indented JSON, with < and > as they are.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
