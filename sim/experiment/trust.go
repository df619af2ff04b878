package experiment

// Trust is how far a predicted number can be relied on.
type Trust uint8

const (
	// Exact: what the model takes for granted holds, so the number is that of the steady state.
	Exact Trust = iota
	// Approximate: right to 20 % or better.
	Approximate
	// Unsure: theory cannot know it, and why is said; the number is absent where it would mislead.
	Unsure
)

func (t Trust) String() string {
	switch t {
	case Exact:
		return "exact"
	case Approximate:
		return "approximate"
	}
	return "unsure"
}

// guess is something that theory takes for granted or leaves out, and how far
// rates and waits can be trusted where it does.
type guess struct {
	text        string
	flow, waits Trust
}

// guessList is guesses without repetition, in the order in which they came.
type guessList []guess

func (g *guessList) add(guesses ...guess) {
	for _, t := range guesses {
		found := false
		for i := range *g {
			if old := &(*g)[i]; old.text == t.text {
				found = true
				old.flow, old.waits = max(old.flow, t.flow), max(old.waits, t.waits)
			}
		}
		if !found {
			*g = append(*g, t)
		}
	}
}

// texts are what they say.
func (g guessList) texts() []string {
	var all []string
	for _, t := range g {
		all = append(all, t.text)
	}
	return all
}

// trust is how far rates and waits can be trusted with all of them.
func (g guessList) trust() (flow, waits Trust) {
	for _, t := range g {
		flow, waits = max(flow, t.flow), max(waits, t.waits)
	}
	return flow, waits
}
