package draw

// Symbols is the set of glyphs a terminal or a font can be trusted with.
// Everything is drawn in the full set; the painter replaces what the chosen
// set lacks. Every glyph of every set is one cell wide.
type Symbols struct {
	Name string
	// Dots is how many dots of a curve fit a cell across and down.
	DotsX, DotsY int
	replace      [maxSymbol - minSymbol]rune
	latin        map[rune]rune
}

const (
	minSymbol = 0x2000
	maxSymbol = 0x2900
)

// The sets.
var (
	// Braille is the full set; curves have 2 × 4 dots a cell.
	Braille = Symbols{Name: "braille", DotsX: 2, DotsY: 4}
	// Block has no braille; curves have 2 × 2 quadrants a cell.
	Block = Symbols{Name: "block", DotsX: 2, DotsY: 2}
	// ASCII has nothing but ASCII for glyphs; text keeps its letters.
	ASCII = asciiSymbols()
)

// SymbolsNamed is the set of that name: braille, block or ascii.
func SymbolsNamed(name string) (*Symbols, bool) {
	for _, s := range []*Symbols{&Braille, &Block, &ASCII} {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// of is the glyph shown for r.
func (s *Symbols) of(r rune) rune {
	if r < 0x80 {
		return r
	}
	if r >= minSymbol && r < maxSymbol {
		if to := s.replace[r-minSymbol]; to != 0 {
			return to
		}
		return r
	}
	if to, ok := s.latin[r]; ok {
		return to
	}
	return r
}

// asciiPairs are the glyphs the kit draws, each before what stands for it.
const asciiPairs = `─-│|┌+┐+└+┘+├+┤+┬+┴+┼+┿+╭.╮.╰'╯'` +
	`━=┃#┏#┓#┗#┛#┣#┫#┳#┻#╋#┝|┥|╺=╸=╌-╎:┄-┆:═=║#╱/╲\╴-╶-╵|╷|╹#╻#` +
	`►>◄<▲^▼v▶>◀<△^▽v→>←<↑^↓v↔=↵<⇡^⇣v` +
	`█#▇#▆=▅=▄-▃-▂_▁_▉#▊#▋|▌|▍.▎.▏.▐|▀"░:▒+▓%` +
	`▘'▝'▖.▗.▞/▚\▛#▜#▙#▟#` +
	`●o○.★@◆*◇+■#□.◖[◗]✗x✓v↯!⚠!‖"…~≈~≤<≥>≠!⇄=⟳@↺@↻@√v›>▸>−-–-—-•*·.∞8▕|`

// asciiLatin are the letters of headings that ASCII has another letter for.
const asciiLatin = `×xµuρpλl·.Δd²2±~§$`

func asciiSymbols() Symbols {
	s := Symbols{Name: "ascii", DotsX: 1, DotsY: 2, latin: map[rune]rune{}}
	for r := rune(0x2800); r < maxSymbol; r++ {
		s.replace[r-minSymbol] = '*'
	}
	s.replace[0x2800-minSymbol] = ' '
	pairs := []rune(asciiPairs)
	for i := 0; i+1 < len(pairs); i += 2 {
		if r := pairs[i]; r >= minSymbol && r < maxSymbol {
			s.replace[r-minSymbol] = pairs[i+1]
		} else {
			s.latin[r] = pairs[i+1]
		}
	}
	latin := []rune(asciiLatin)
	for i := 0; i+1 < len(latin); i += 2 {
		s.latin[latin[i]] = latin[i+1]
	}
	return s
}
