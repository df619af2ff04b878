package scenarios

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// closest is the candidate most like word, or "" when none is near enough to
// be what was meant. Case does not count.
func closest(word string, candidates []string) string {
	limit := min(max(1, (utf8.RuneCountInString(clip(word, 100))+1)/3), 5)
	best := within(limit, word, candidates)
	if best == "" {
		best = byPart(strings.ToLower(word), candidates)
	}
	return best
}

// within is the candidate that takes the fewest changes to become word, at
// most limit, "" if there is none. (The library's own limit is not used: it
// gives distances that are too small.)
func within(limit int, word string, candidates []string) string {
	if word == "" || len(word) > 100 {
		return ""
	}
	folded := strings.ToLower(word)
	best, bestDistance := "", limit+1
	for _, c := range candidates {
		if diff := len(c) - len(word); diff > 4*limit || -diff > 4*limit {
			continue
		}
		d := levenshtein.Distance(folded, strings.ToLower(c), nil)
		if swapped(folded, strings.ToLower(c)) {
			d = 1
		}
		if d < bestDistance || d == bestDistance && best != "" && strings.EqualFold(c, word) {
			best, bestDistance = c, d
		}
	}
	return best
}

// closestStart is the candidate most like the beginning of a path, and what
// follows it there. A candidate is compared with as many words of the path as
// it has itself: order.payed.created begins with order.placed.
func closestStart(path string, candidates []string) (near, tail string) {
	words := strings.Split(clip(path, 1000), ".")
	best := 1 << 10
	for n := 1; n <= len(words); n++ {
		var same []string
		for _, c := range candidates {
			if strings.Count(c, ".") == n-1 {
				same = append(same, c)
			}
		}
		start := strings.Join(words[:n], ".")
		c := closest(start, same)
		if c == "" {
			continue
		}
		if d := levenshtein.Distance(start, c, nil); d <= best {
			near, tail, best = c, path[len(start):], d
		}
	}
	return near, tail
}

// swapped says whether two words differ in two neighbouring letters that have
// changed places, the commonest slip of all.
func swapped(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// byPart finds the only candidate that begins with the word, or that the word
// begins with: "dead" for "dead_letter", "max_attempts" has no such friend.
func byPart(folded string, candidates []string) string {
	if len(folded) < 3 || len(folded) > 100 {
		return ""
	}
	found := ""
	for _, c := range candidates {
		lower := strings.ToLower(c)
		if strings.HasPrefix(lower, folded) || len(lower) >= 3 && strings.HasPrefix(folded, lower) {
			if found != "" {
				return ""
			}
			found = c
		}
	}
	return found
}

// quoted shows text of the author's in a message: on one line, harmless on a
// terminal, and not longer than is readable.
func quoted(s string) string {
	const most = 60
	if utf8.RuneCountInString(clip(s, 4*most)) > most {
		head, _ := split(s, most)
		s = head + "…"
	}
	return strconv.Quote(s)
}

// listed writes words as "a, b or c".
func listed(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// together writes words as "a, b and c".
func together(words []string) string {
	if len(words) < 2 {
		return listed(words)
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// some lists at most a dozen names, and says that there are more.
func some(names []string) string {
	const most = 12
	if len(names) <= most {
		return together(names)
	}
	return strings.Join(names[:most], ", ") + ", …"
}
