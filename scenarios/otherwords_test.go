package scenarios

import (
	"slices"
	"strings"
	"testing"
)

// What other products call something must lead to a key there is, and never
// stand in the way of one.
func TestOtherWords(t *testing.T) {
	all := objects()
	for _, f := range foreigners {
		if f.key == "" && f.say == "" {
			t.Errorf("%q leads nowhere", f.words)
		}
		if f.in == "" {
			if homes[f.key] == nil {
				t.Errorf("%q leads to %s, which is no key", f.words, f.key)
			}
			continue
		}
		s := all[f.in]
		if s == nil {
			t.Errorf("there is no map %q", f.in)
			continue
		}
		if f.key != "" && s.key(f.key) == nil {
			t.Errorf("%s is no key of %s", f.key, f.in)
		}
		for _, word := range strings.Fields(f.words) {
			if word != plainLetters(word) {
				t.Errorf("%s is never compared with", word)
			}
			if name := sameWord(word, s.keyNames()); name != "" {
				t.Errorf("%s is a key of %s, so nothing is said of it", name, f.in)
			}
			if found := foreignKey(word, s); found.say != f.say || found.key != f.key {
				t.Errorf("%s in %s leads elsewhere: %+v", word, f.in, found)
			}
		}
	}
	for key, values := range foreignValues {
		if homes[key] == nil {
			t.Errorf("%s is no key", key)
		}
		for word, value := range values {
			if word != plainLetters(word) {
				t.Errorf("%s: %s is never compared with", key, word)
			}
			if !accepts(key, value) {
				t.Errorf("%s: %s is no value", key, value)
			}
		}
	}
}

// accepts says whether a key of some map takes one of a few words, of which
// this is one.
func accepts(key, word string) bool {
	for _, s := range objects() {
		info := s.key(key)
		if info == nil || info.shape.schema == nil {
			continue
		}
		if words, is := info.shape.schema()["enum"].([]string); is && slices.Contains(words, word) {
			return true
		}
	}
	return false
}
