package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	auto = "auto"
	max  = "max"
	// MaxJobs is the most replications that may be asked to run at once.
	MaxJobs = 1024
)

// kind is what a setting's value looks like in a settings file.
type kind uint8

const (
	choice kind = iota // one of entry.choices
	flag               // true or false
	jobs               // a whole number from 1, or auto
	speed              // a number, or max
)

// entry describes one setting; every check, message and listing stems from it.
type entry struct {
	key      string
	kind     kind
	choices  []string
	standard string // the default
	about    string
}

var table = []entry{
	{"color", choice, []string{auto, "always", "never"}, auto, "colour on standard output; auto: on a terminal"},
	{"format", choice, []string{"text", "json", "csv", "markdown", "html"}, "text", "how results are printed"},
	{"jobs", jobs, nil, auto, "replications that run at once; auto: one for each core"},
	{"quiet", flag, nil, "false", "no progress and no hints"},
	{"theme", choice, []string{auto, "dark", "light", "mono", "high-contrast"}, auto, "live screen: colours"},
	{"motion", choice, []string{"full", "reduced", "none"}, "full", "live screen: what moves"},
	{"symbols", choice, []string{"braille", "block", "ascii"}, "braille", "live screen: what charts are drawn with"},
	{"speed", speed, nil, "1", "live screen: simulated seconds a second"},
	{"mouse", flag, nil, "true", "live screen: the mouse"},
}

// Keys lists the names of all settings.
func Keys() []string {
	keys := make([]string, len(table))
	for i, e := range table {
		keys[i] = e.key
	}
	return keys
}

// accepted says in a user's words what the setting takes.
func (e entry) accepted() string {
	switch e.kind {
	case flag:
		return "true or false"
	case jobs:
		return fmt.Sprintf("a whole number 1 to %d, or auto", MaxJobs)
	case speed:
		return "a number 0.001 to 1000, or max"
	default:
		last := len(e.choices) - 1
		return strings.Join(e.choices[:last], ", ") + " or " + e.choices[last]
	}
}

var decimal = regexp.MustCompile(`^(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// normal returns the one way the value is written, and whether it is possible.
func (e entry) normal(text string) (string, bool) {
	text = strings.TrimSpace(text)
	switch e.kind {
	case flag:
		return boolean(text)
	case jobs:
		n, err := strconv.Atoi(text)
		return text, text == auto || err == nil && decimal.MatchString(text) && 1 <= n && n <= MaxJobs
	case speed:
		x, err := strconv.ParseFloat(text, 64)
		return text, text == max || err == nil && decimal.MatchString(text) && 0.001 <= x && x <= 1000
	default:
		return text, slices.Contains(e.choices, text)
	}
}

// boolean takes what people put into environment variables, too: a settings
// file has been held to YAML's own true and false before it comes here.
func boolean(text string) (string, bool) {
	switch strings.ToLower(text) {
	case "true", "1", "yes", "on":
		return "true", true
	case "false", "0", "no", "off":
		return "false", true
	}
	return "", false
}

// variable is the name of the setting's environment variable.
func (e entry) variable() string { return prefix + strings.ToUpper(e.key) }

const prefix = "EDDY_"
