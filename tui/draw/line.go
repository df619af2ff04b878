package draw

// Arms are the directions in which a line leaves the middle of a cell.
type Arms uint8

// The directions.
const (
	Up Arms = 1 << iota
	East
	Down
	West
)

// lightLines and heavyLines are the glyphs by their arms.
var (
	lightLines = [16]rune{' ', '╵', '╶', '└', '╷', '│', '┌', '├', '╴', '┘', '─', '┴', '┐', '┤', '┬', '┼'}
	heavyLines = [16]rune{' ', '╹', '╺', '┗', '╻', '┃', '┏', '┣', '╸', '┛', '━', '┻', '┓', '┫', '┳', '╋'}
)

// LineGlyph is the glyph of a line with those arms, a space for none.
func LineGlyph(a Arms, heavy bool) rune {
	if heavy {
		return heavyLines[a&15]
	}
	return lightLines[a&15]
}

// stroke is how a picture draws a line glyph.
type stroke struct {
	arms   Arms
	heavy  bool
	dashes int // gaps in the line: 0 for none
	round  bool
}

// strokes are the line glyphs of the kit.
var strokes = lineStrokes()

func lineStrokes() map[rune]stroke {
	all := map[rune]stroke{
		'╌': {arms: East | West, dashes: 2}, '╎': {arms: Up | Down, dashes: 2},
		'┄': {arms: East | West, dashes: 3}, '┆': {arms: Up | Down, dashes: 3},
		'╭': {arms: East | Down, round: true}, '╮': {arms: West | Down, round: true},
		'╰': {arms: East | Up, round: true}, '╯': {arms: West | Up, round: true},
		'┝': {arms: Up | East | Down}, '┥': {arms: Up | West | Down},
	}
	for a := Arms(1); a < 16; a++ {
		all[lightLines[a]] = stroke{arms: a}
		all[heavyLines[a]] = stroke{arms: a, heavy: true}
	}
	return all
}
