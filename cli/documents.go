package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// document is one form of what a command came to.
type document struct {
	name  string // "html"
	write func(io.Writer) error
}

// documentFiles are the forms that everything but a run can be exported in.
// There the file is called after the command.
var documentFiles = []struct{ name, extension string }{
	{"json", "json"},
	{"csv", "csv"},
	{"markdown", "md"},
	{"html", "html"},
}

// documentFlags are --out and --export of a command that makes one thing of
// many runs, or of none.
type documentFlags struct {
	out     string
	exports exportFlag
}

func (f *documentFlags) register(c *cobra.Command) {
	f.registerExport(c)
	c.Flags().StringVar(&f.out, "out", "", "write every export into this folder")
	_ = c.MarkFlagDirname("out")
}

func (f *documentFlags) registerExport(c *cobra.Command) {
	for _, d := range documentFiles {
		f.exports.names = append(f.exports.names, d.name)
	}
	c.Flags().Var(&f.exports, "export", "write one export, like html=report.html; may be given several times")
}

// wants says whether a form is asked for, on standard output or in a file.
func (f *documentFlags) wants(format, name string) bool {
	for _, e := range f.exports.list {
		if e.name == name {
			return true
		}
	}
	return f.out != "" || format == name
}

// documents are the files that will hold them.
type documents struct{ files []*exportFile }

// openDocuments opens every file that is asked for, before anything is simulated: a
// folder that cannot be written to is told at once.
func (p *program) openDocuments(f *documentFlags, command string) (*documents, error) {
	list := append([]wanted(nil), f.exports.list...)
	if f.out != "" {
		if err := os.MkdirAll(f.out, 0o777); err != nil {
			return nil, fmt.Errorf("--out %s: %w", visible(f.out), plainCause(err))
		}
		for _, d := range documentFiles {
			list = append(list, wanted{d.name, filepath.Join(f.out, command+"."+d.extension)})
		}
	}
	if err := p.distinct(list); err != nil {
		return nil, err
	}
	return openAll(list)
}

// openAll opens files, or none.
func openAll(list []wanted) (*documents, error) {
	d := &documents{}
	for _, w := range list {
		file, err := openExport(w)
		if err != nil {
			d.abandon()
			return nil, err
		}
		d.files = append(d.files, file)
	}
	return d, nil
}

// finish writes the documents and makes every file appear.
func (d *documents) finish(all []document) error {
	for _, f := range d.files {
		for _, x := range all {
			if x.name != f.name {
				continue
			}
			if err := x.write(f.w); err != nil {
				return exportError(f.wanted, err)
			}
		}
	}
	for _, f := range d.files {
		if err := f.close(nil); err != nil {
			return err
		}
	}
	return nil
}

// abandon removes whatever did not become complete. It is safe after finish.
func (d *documents) abandon() {
	for _, f := range d.files {
		_ = f.close(errAbandoned)
	}
}

// print writes the form that standard output gets: text where it is none of
// the documents.
func (p *program) print(all []document, text func(io.Writer) error) error {
	for _, x := range all {
		if x.name == p.conf.Format {
			return p.writing(x.write(p.out))
		}
	}
	return p.writing(text(p.out))
}
