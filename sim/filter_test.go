package sim

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPatternsMatchWords(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"order.placed", "order.placed", true},
		{"order.placed", "order", false},
		{"order.*", "order.placed", true},
		{"order.*", "order", false},
		{"order.*", "order.placed.late", false},
		{"order.#", "order", true},
		{"order.#", "order.placed.late", true},
		{"order.>", "order", false},
		{"order.>", "order.placed", true},
		{"order.>", "order.placed.late", true},
		{"#", "order", true},
		{"#.placed", "placed", true},
		{"#.placed", "order.placed", true},
		{"#.placed", "order.placed.late", false},
		{"#.b.#.d", "a.b.c.b.d", true},
		{"*.#.*", "a", false},
		{"*.#.*", "a.b", true},
		{">", "a", true},
		{"a.#.#.>", "a.b", true},
		{"a.#.>", "a", false},
	} {
		if got := MatchPattern(strings.Split(c.pattern, "."), c.name); got != c.want {
			t.Errorf("%s on %s: %v, want %v", c.pattern, c.name, got, c.want)
		}
	}
}

// matchesByTrying is the definition of a pattern, tried out in every way.
func matchesByTrying(pattern, words []string) bool {
	if len(pattern) == 0 {
		return len(words) == 0
	}
	switch pattern[0] {
	case "#":
		for i := range len(words) + 1 {
			if matchesByTrying(pattern[1:], words[i:]) {
				return true
			}
		}
		return false
	case ">":
		return len(words) > 0
	}
	return len(words) > 0 && (pattern[0] == "*" || pattern[0] == words[0]) && matchesByTrying(pattern[1:], words[1:])
}

func TestPatternsAgreeWithTheirDefinition(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "b"})
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 1, 6).Draw(t, "words")
		pattern := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "*", "#", "#"}), 1, 6).Draw(t, "pattern")
		if rapid.Bool().Draw(t, "open") {
			pattern = append(pattern, ">")
		}
		want := matchesByTrying(pattern, words)
		if got := MatchPattern(pattern, strings.Join(words, ".")); got != want {
			t.Fatalf("%v on %v: %v, want %v", slices.Clone(pattern), words, got, want)
		}
	})
}
