package draw

// Style says what a cell means: a role in front, a role behind, and
// attributes. A theme says how that looks. The zero value is Normal.
type Style uint16

// The roles, by meaning. None of them may be the only sign of what it means:
// a glyph, a word or a border says the same.
const (
	Normal    Style = iota // text
	Dim                    // less important text
	Faint                  // grid lines, empty tracks, what is off the path
	Strong                 // text that matters
	Title                  // names of panels and components
	Accent                 // where the user is: focus, active tab, cursor
	Key                    // a key to press
	Good                   // as it should be
	Warn                   // look here: a warning, a retry storm coming
	Hot                    // the bottleneck, saturation, a broken objective
	Dead                   // dead letters, losses, failures
	Retry                  // another attempt
	Event                  // an event in flight
	Flow                   // an edge that events are consumed or published along
	Copy                   // an edge from channel to channel
	Emit                   // an edge that consumers publish along
	Call                   // a synchronous call
	Border                 // a box or panel
	Busy                   // an instance at work, the filled part of a bar
	Idle                   // an instance without work, the empty part of a bar
	Fault                  // a fault or a change in the timeline
	Ghost                  // a future that was left behind by a change
	Goal                   // an objective: the line of an SLO
	P50                    // half of all are below
	P95                    // 95 % are below
	P99                    // 99 % are below
	A                      // the first of two variants
	B                      // the second
	Selection              // behind: the chosen row or cell
	Raised                 // behind: a dialog, a header
	Link                   // a reference that can be opened
	Series0                // categories without order: series, partitions
	Series1
	Series2
	Series3
	Series4
	Series5
	ramp0 // magnitude: Steps shades from blue (little) to orange (much)
)

// Steps is the number of shades that magnitude is shown in.
const Steps = 12

const roles = int(ramp0) + Steps

const (
	roleBits         = 6
	roleMask   Style = 1<<roleBits - 1
	behindMask       = roleMask << roleBits
)

// The attributes, which are added to a role with the methods of Style.
const (
	bold Style = 1 << (2*roleBits + iota)
	underline
	reverse
)

// Magnitude is the role of the shade for a share of the greatest value, from
// 0 (blue) to 1 (orange). Values outside, and not a number, count as the
// nearer end.
func Magnitude(share float64) Style {
	if !(share > 0) {
		return ramp0
	}
	return ramp0 + Style(min(Steps-1, int(min(share, 1)*Steps)))
}

// Series is the role of the i-th of several categories; they repeat after six.
func Series(i int) Style {
	if i %= 6; i < 0 {
		i += 6
	}
	return Series0 + Style(i)
}

// On is the style with the role of another style behind it.
func (s Style) On(behind Style) Style {
	return s&^behindMask | (behind&roleMask)<<roleBits
}

// With is the style with another role in front; the rest stays.
func (s Style) With(role Style) Style { return s&^roleMask | role&roleMask }

// Bold is the style in bold.
func (s Style) Bold() Style { return s | bold }

// Underline is the style underlined.
func (s Style) Underline() Style { return s | underline }

// Reverse is the style with front and back exchanged. Every terminal can show
// it, so it marks the cursor and the selection where there are no colours.
func (s Style) Reverse() Style { return s | reverse }

// Role is the role in front.
func (s Style) Role() Style { return s & roleMask }

// Behind is the role behind; Normal is the page itself.
func (s Style) Behind() Style { return s >> roleBits & roleMask }
