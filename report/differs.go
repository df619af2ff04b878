package report

import (
	"strconv"
	"strings"
)

// Change is one place in which two resolved scenarios differ. Was is "" where
// only the second has the place, Is where only the first has it.
type Change struct{ Path, Was, Is string }

// Differs are the places in which two resolved scenarios differ, in the order
// of the first, then what only the second has in its order. The names and
// descriptions of the scenarios themselves are not compared.
func Differs(first, second []byte) []Change {
	a, b := flatten(first), flatten(second)
	values := map[string]string{}
	for _, e := range b {
		values[e.path] = e.value
	}
	had := map[string]bool{}
	var changes []Change
	for _, e := range a {
		had[e.path] = true
		if is, ok := values[e.path]; !ok || is != e.value {
			changes = append(changes, Change{e.path, e.value, is})
		}
	}
	for _, e := range b {
		if !had[e.path] {
			changes = append(changes, Change{Path: e.path, Is: e.value})
		}
	}
	return changes
}

// entry is one scalar, or one value written on one line, of a resolved scenario.
type entry struct{ path, value string }

// flatten reads the form that resolved scenarios are written in: a key a line,
// two spaces a level, the items of a list a line each.
func flatten(text []byte) []entry {
	var found []entry
	var keys []string
	items := 0
	for _, l := range strings.Split(string(text), "\n") {
		body := strings.TrimLeft(l, " ")
		level := (len(l) - len(body)) / 2
		if body == "" || level > len(keys) {
			continue
		}
		keys = keys[:level]
		if item, ok := strings.CutPrefix(body, "- "); ok {
			found = append(found, entry{strings.Join(keys, ".") + "[" + strconv.Itoa(items) + "]", item})
			items++
			continue
		}
		items = 0
		key, value := splitKey(body)
		keys = append(keys, key)
		if value != "" && !(level == 0 && (key == "name" || key == "about")) {
			found = append(found, entry{strings.Join(keys, "."), value})
		}
	}
	return found
}

// splitKey parts a line into its key and what follows the colon.
func splitKey(l string) (key, value string) {
	if strings.HasPrefix(l, `"`) {
		for i := 1; i < len(l); i++ {
			switch l[i] {
			case '\\':
				i++
			case '"':
				return l[1:i], strings.TrimPrefix(strings.TrimPrefix(l[i+1:], ":"), " ")
			}
		}
		return l, ""
	}
	key, value, _ = strings.Cut(l, ":")
	return key, strings.TrimPrefix(value, " ")
}
