package spec

// Filter is a where or when: all of its tests must hold, and, if Any is not
// empty, at least one of the alternatives.
type Filter struct {
	Tests []Test
	Any   []Filter
}

// Attribute is what a test looks at.
type Attribute uint8

// Attributes of an event.
const (
	FieldAttribute Attribute = iota // Test.Field
	TypeAttribute
	KeyAttribute
	SourceAttribute
	SizeAttribute
	PriorityAttribute
)

// Test is one entry of a filter: the attribute must satisfy Match.
type Test struct {
	Attribute Attribute
	Field     string // with FieldAttribute
	Match     Match
}

// MatchKind is the form of a Match.
type MatchKind uint8

// Forms of a match.
const (
	EqualMatch   MatchKind = iota // Value
	PatternMatch                  // Pattern (on type and text)
	LessMatch                     // Number
	LessEqualMatch
	GreaterMatch
	GreaterEqualMatch
	NotEqualMatch   // Value
	RangeMatch      // Number … High, both included
	NotMatch        // Of[0]
	ExistsMatch     // Exists
	PrefixMatch     // Value.Text
	SuffixMatch     // Value.Text
	IgnoreCaseMatch // Value.Text
	AnyMatch        // one of Of
)

// Match is what a value must satisfy. A field that the event lacks matches
// only ExistsMatch with Exists false.
type Match struct {
	Kind    MatchKind
	Value   Value
	Pattern Pattern
	Number  float64
	High    float64
	Exists  bool
	Of      []Match
}

// Pattern is a type pattern split into words: "*" is exactly one word, "#"
// zero or more words anywhere, ">" one or more words at the end.
type Pattern struct {
	Text  string
	Words []string
}

// MatchesAll says whether the pattern matches every type there can be.
func (p Pattern) MatchesAll() bool {
	return len(p.Words) == 1 && (p.Words[0] == "#" || p.Words[0] == ">")
}
