package scenarios

import (
	"embed"
	"io/fs"
	"regexp"
	"strings"
)

//go:embed library
var embedded embed.FS

// Names are the built-in scenarios, in alphabetical order.
func Names() []string {
	found, err := fs.Glob(embedded, "library/*.yaml")
	if err != nil {
		return nil // only for a broken pattern
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(f, "library/"), ".yaml")
	}
	return names
}

// Builtin is a built-in scenario's text and the files it may name.
func Builtin(name string) (text []byte, files fs.FS, ok bool) {
	if nameFlaw(name) != "" {
		return nil, nil, false
	}
	text, err := embedded.ReadFile("library/" + name + ".yaml")
	if err != nil {
		return nil, nil, false
	}
	files, err = fs.Sub(embedded, "library")
	return text, files, err == nil
}

// About is what a built-in scenario says of itself, "" if there is none of
// this name.
func About(name string) string {
	text, files, ok := Builtin(name)
	if !ok {
		return ""
	}
	s, _ := Load(text, Options{Name: name, FS: files})
	if s == nil {
		return ""
	}
	return s.About
}

var fingerprint = regexp.MustCompile(`^[0-9a-f]{16}$`)

// Fingerprint is the recorded fingerprint of a built-in scenario's run with its
// own seed: 16 hexadecimal digits.
func Fingerprint(name string) (string, bool) {
	if nameFlaw(name) != "" {
		return "", false
	}
	text, err := embedded.ReadFile("library/" + name + ".fingerprint")
	if err != nil {
		return "", false
	}
	digits := strings.TrimSpace(string(text))
	return digits, fingerprint.MatchString(digits)
}
