package scenarios

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// closest is the candidate most like word, or "" when none is near enough to
// be what was meant. Case counts for less than letters.
func closest(word string, candidates []string) string {
	if word == "" || len(word) > 100 {
		return ""
	}
	folded := strings.ToLower(word)
	limit := max(1, (utf8.RuneCountInString(word)+1)/3)
	best, bestDistance := "", limit+1
	for _, c := range candidates {
		if diff := len(c) - len(word); diff > 3*limit || -diff > 3*limit {
			continue
		}
		d := levenshtein.Distance(folded, strings.ToLower(c), levenshtein.NewParams().MaxCost(limit+1))
		if d < bestDistance || d == bestDistance && best != "" && strings.EqualFold(c, word) {
			best, bestDistance = c, d
		}
	}
	if best == "" {
		best = byPart(folded, candidates)
	}
	return best
}

// byPart finds the only candidate that begins with the word, or that the word
// begins with: "dead" for "dead_letter", "max_attempts" has no such friend.
func byPart(folded string, candidates []string) string {
	if len(folded) < 3 {
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

// some lists at most a dozen names, and says that there are more.
func some(names []string) string {
	const most = 12
	if len(names) <= most {
		return listed(names)
	}
	return strings.Join(names[:most], ", ") + ", …"
}
