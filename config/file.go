package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxFile is far above any sensible settings file; it keeps a mistaken path
// to a large file from being read.
const maxFile = 64 << 10

// readFile reads one settings file; a file that is not there is an empty one.
// name is how messages call it.
func readFile(path, name string) (layer, []string) {
	text, err := limited(path)
	if errors.Is(err, os.ErrNotExist) {
		return layer{}, nil
	}
	if err != nil {
		return layer{}, []string{fmt.Sprintf("%s: cannot be read: %v", name, cause(err))}
	}
	if !utf8.Valid(text) {
		return layer{}, []string{name + ": is not UTF-8 text"}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return layer{}, []string{syntax(name, err)}
	}
	if len(doc.Content) == 0 {
		return layer{}, nil
	}
	return walk(doc.Content[0], name)
}

func limited(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("it is longer than %d KiB", maxFile>>10)
	}
	return text, err
}

// cause drops the path that os errors repeat.
func cause(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// syntax turns the parser's message into the form of every other message.
func syntax(name string, err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	m := yamlLine.FindStringSubmatch(first)
	if m == nil {
		return name + ": " + first
	}
	if m[1] == "" {
		return name + ": " + m[2]
	}
	return fmt.Sprintf("%s:%s: %s", name, m[1], m[2])
}

// walk checks every key and value of a settings file.
func walk(root *yaml.Node, name string) (layer, []string) {
	l := newLayer()
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return l, nil
	}
	if root.Kind != yaml.MappingNode {
		return l, []string{place(name, root) + ": settings are written key: value, one a line"}
	}
	var wrong []string
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if problem := l.take(key, value, name); problem != "" {
			wrong = append(wrong, problem)
		}
	}
	return l, wrong
}

// take adds one entry of the file to the layer, or says what is wrong with it.
func (l layer) take(key, value *yaml.Node, name string) string {
	e, known := lookup(key.Value)
	if !known || key.Kind != yaml.ScalarNode {
		return fmt.Sprintf("%s: %s: no such setting; there are %s%s", place(name, key), printable(key.Value),
			strings.Join(Keys(), ", "), DidYouMean(key.Value, Keys()))
	}
	if earlier, twice := l.places[e.key]; twice {
		return fmt.Sprintf("%s: %s: is set twice, first at %s", place(name, key), e.key, earlier)
	}
	text, ok := e.normal(value.Value)
	if !ok || value.Kind != yaml.ScalarNode || !e.rightTag(value.Tag) {
		return fmt.Sprintf("%s: %s: %s is not possible; it takes %s%s", place(name, value), e.key, written(value),
			e.accepted(), DidYouMean(value.Value, e.choices))
	}
	l.values[e.key] = text
	l.places[e.key] = place(name, value)
	return ""
}

// rightTag says whether YAML reads the value as the type the setting has: a
// quoted "4" is text, not a number.
func (e entry) rightTag(tag string) bool {
	switch e.kind {
	case flag:
		return tag == "!!bool"
	case jobs:
		return tag == "!!int" || tag == "!!str"
	case speed:
		return tag == "!!int" || tag == "!!float" || tag == "!!str"
	default:
		return tag == "!!str"
	}
}

func written(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if n.Value == "" {
		return "an empty value"
	}
	return printable(n.Value)
}

// printable keeps what a file contains from acting on a terminal.
func printable(text string) string {
	quoted := fmt.Sprintf("%q", text)
	const longest = 60
	if utf8.RuneCountInString(quoted) > longest {
		quoted = string([]rune(quoted)[:longest]) + `…"`
	}
	return quoted
}

func place(name string, n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", name, n.Line, n.Column)
}

func lookup(key string) (entry, bool) {
	for _, e := range table {
		if e.key == key {
			return e, true
		}
	}
	return entry{}, false
}
