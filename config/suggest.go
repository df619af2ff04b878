package config

import (
	"fmt"

	"github.com/agext/levenshtein"
)

// DidYouMean is the closest of the candidates as the end of a message, or
// nothing when none is close.
func DidYouMean(text string, candidates []string) string {
	best, least := "", len([]rune(text))/2+1
	for _, c := range candidates {
		if d := levenshtein.Distance(text, c, nil); d < least {
			best, least = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}
