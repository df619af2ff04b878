package draw

// look is how a theme shows one role.
type look struct {
	fore   RGB   // in front
	behind RGB   // when the role is behind something
	ansi   int8  // in front, of sixteen colours; -1 is the terminal's own
	back   int8  // behind, of sixteen colours; -1 is the terminal's own
	attrs  Style // attributes the role always has
}

// Theme says how each role looks.
type Theme struct {
	Name string
	// Page and Ink are the colours of an empty page and plain text: the
	// terminal's own are used there unless Paints, pictures always use these.
	Page, Ink RGB
	// Paints tells that the theme colours every cell, because its contrast
	// depends on a background it cannot ask for.
	Paints bool
	// Colour tells whether the theme has colours at all. Where it has none,
	// shades are told apart by glyphs only.
	Colour bool

	looks [roles]look
}

// Themes are all themes by name, in the order they are offered in.
func Themes() []*Theme { return []*Theme{&Dark, &Light, &Mono, &HighContrast} }

// ThemeNamed is the theme of that name: dark, light, mono or high-contrast.
func ThemeNamed(name string) (*Theme, bool) {
	for _, t := range Themes() {
		if t.Name == name {
			return t, true
		}
	}
	return nil, false
}

// The themes. They are values to be read, not changed.
var (
	Dark         = darkTheme()
	Light        = lightTheme()
	Mono         = monoTheme()
	HighContrast = highContrastTheme()
)

// paint gives a role its colours; behind, it is a tint of the same colour.
func (t *Theme) paint(role Style, hex uint32, ansi int8, attrs Style) {
	c := rgb(hex)
	t.looks[role] = look{fore: c, behind: t.Page.mix(c, 0.35), ansi: ansi, back: ansi, attrs: attrs}
}

// shade gives the shades of magnitude: colours at equal distances, and the
// nearest of sixteen.
func (t *Theme) shade(stops []uint32, ansi [Steps]int8) {
	for i := range Steps {
		at := float64(i) / float64(Steps-1) * float64(len(stops)-1)
		k := min(int(at), len(stops)-2)
		c := rgb(stops[k]).mix(rgb(stops[k+1]), at-float64(k))
		t.looks[int(ramp0)+i] = look{fore: c, behind: c, ansi: ansi[i], back: ansi[i]}
	}
}

// bands gives what is behind the top of a latency band the tone of the shade
// that goes on beside it: ▓ has about three quarters of its colour, ░ a quarter.
func (t *Theme) bands() {
	t.looks[P95].behind = t.Page.mix(t.looks[P95].fore, 0.75)
	t.looks[P99].behind = t.Page.mix(t.looks[P99].fore, 0.28)
}

// plain makes every role look like text that is not coloured.
func (t *Theme) plain() {
	for i := range t.looks {
		t.looks[i] = look{ansi: -1, back: -1}
	}
}

func darkTheme() Theme {
	t := Theme{Name: "dark", Page: rgb(0x11151c), Ink: rgb(0xd4dae3), Colour: true}
	t.plain()
	t.paint(Dim, 0x8b96a5, 7, 0)
	t.paint(Faint, 0x4b5563, 8, 0)
	t.paint(Strong, 0xf4f7fb, 15, bold)
	t.paint(Title, 0xf4f7fb, 15, bold)
	t.paint(Accent, 0x5ec8f8, 14, bold)
	t.paint(Key, 0x8fd3ff, 14, 0)
	t.paint(Good, 0x5fd38d, 10, 0)
	t.paint(Warn, 0xf2c14e, 11, 0)
	t.paint(Hot, 0xff8a3d, 11, bold)
	t.paint(Dead, 0xff6b81, 9, bold)
	t.paint(Retry, 0xf2c14e, 11, bold)
	t.paint(Event, 0x7ee0ff, 14, bold)
	t.paint(Flow, 0x5d7ea3, 4, 0)
	t.paint(Copy, 0x5d7ea3, 4, 0)
	t.paint(Emit, 0x8d78c4, 5, 0)
	t.paint(Call, 0x4fa8a0, 6, 0)
	t.paint(Border, 0x5a6778, 8, 0)
	t.paint(Busy, 0x6cb6ff, 12, 0)
	t.paint(Idle, 0x4b5563, 8, 0)
	t.paint(Fault, 0xff9d5c, 11, bold)
	t.paint(Ghost, 0x6a6f8a, 8, 0)
	t.paint(Goal, 0xe6a0c4, 13, 0)
	t.paint(P50, 0x4f9ee8, 12, 0)
	t.paint(P95, 0x4784c0, 4, 0)
	t.paint(P99, 0x6a9ace, 4, 0)
	t.bands()
	t.paint(A, 0x6cb6ff, 12, 0)
	t.paint(B, 0xffb454, 11, 0)
	t.paint(Link, 0x8fd3ff, 14, underline)
	t.series([6]uint32{0x6cb6ff, 0xffb454, 0x5fd38d, 0xd59bf6, 0xff8fa3, 0x63d4cf}, [6]int8{12, 11, 10, 13, 9, 14})
	t.shade([]uint32{0x1d3d63, 0x2f6ba3, 0x6fa3c4, 0xc2b59b, 0xf0a24f, 0xff7a1f}, [Steps]int8{4, 4, 4, 12, 12, 6, 14, 7, 3, 3, 11, 11})
	t.behind(Selection, 0x23405c, 4)
	t.behind(Raised, 0x1c2430, 0)
	return t
}

func lightTheme() Theme {
	t := Theme{Name: "light", Page: rgb(0xfcfbf8), Ink: rgb(0x2a313c), Colour: true}
	t.plain()
	t.paint(Dim, 0x5d6876, 8, 0)
	t.paint(Faint, 0xb4bcc6, 7, 0)
	t.paint(Strong, 0x0e131a, 0, bold)
	t.paint(Title, 0x0e131a, 0, bold)
	t.paint(Accent, 0x0a6ebd, 4, bold)
	t.paint(Key, 0x0a6ebd, 4, 0)
	t.paint(Good, 0x1c7a45, 2, 0)
	t.paint(Warn, 0x8f6400, 3, 0)
	t.paint(Hot, 0xbf4a00, 1, bold)
	t.paint(Dead, 0xb3123c, 1, bold)
	t.paint(Retry, 0x8f6400, 3, bold)
	t.paint(Event, 0x0a6ebd, 4, bold)
	t.paint(Flow, 0x7891ad, 4, 0)
	t.paint(Copy, 0x7891ad, 4, 0)
	t.paint(Emit, 0x8264b8, 5, 0)
	t.paint(Call, 0x23817a, 6, 0)
	t.paint(Border, 0x8d98a5, 8, 0)
	t.paint(Busy, 0x2a78c4, 4, 0)
	t.paint(Idle, 0xb4bcc6, 7, 0)
	t.paint(Fault, 0xb85300, 1, bold)
	t.paint(Ghost, 0x9a9fb5, 8, 0)
	t.paint(Goal, 0xa0407a, 5, 0)
	t.paint(P50, 0x3c86cc, 4, 0)
	t.paint(P95, 0x6fa5da, 12, 0)
	t.paint(P99, 0x7fb2e4, 12, 0)
	t.bands()
	t.paint(A, 0x1f6cb8, 4, 0)
	t.paint(B, 0xa65500, 3, 0)
	t.paint(Link, 0x0a6ebd, 4, underline)
	t.series([6]uint32{0x1f6cb8, 0xa65500, 0x1c7a45, 0x8a45b5, 0xb8324f, 0x1f7f7b}, [6]int8{4, 3, 2, 5, 1, 6})
	t.shade([]uint32{0xdce8f4, 0xa9cbe8, 0x6fa3d0, 0xc9b48c, 0xf09a45, 0xd45500}, [Steps]int8{7, 14, 14, 12, 12, 4, 6, 3, 3, 11, 9, 1})
	t.behind(Selection, 0xd3e6f8, 14)
	t.behind(Raised, 0xeef0f2, 7)
	return t
}

// monoTheme tells everything by glyphs, bold, underline and reverse.
func monoTheme() Theme {
	t := Theme{Name: "mono", Page: rgb(0x000000), Ink: rgb(0xdddddd)}
	t.plain()
	for _, role := range []Style{Strong, Title, Accent, Hot, Dead, Retry, Event, Fault, Key} {
		t.looks[role].attrs = bold
	}
	t.looks[Accent].attrs |= underline
	t.looks[Link].attrs = underline
	t.looks[Selection].attrs = reverse
	return t
}

// highContrastTheme has at least seven to one between text and its own black
// page, and few, far apart colours.
func highContrastTheme() Theme {
	t := Theme{Name: "high-contrast", Page: rgb(0x000000), Ink: rgb(0xffffff), Paints: true, Colour: true}
	for i := range t.looks {
		t.looks[i] = look{fore: t.Ink, behind: rgb(0x303030), ansi: 15, back: 8}
	}
	t.looks[Normal].behind, t.looks[Normal].back = t.Page, 0
	for role, c := range map[Style]struct {
		hex  uint32
		ansi int8
	}{
		Dim: {0xd8d8d8, 7}, Faint: {0xa8a8a8, 7}, Accent: {0x00ffff, 14}, Key: {0x00ffff, 14}, Good: {0x66ff66, 10},
		Warn: {0xffff00, 11}, Hot: {0xffa500, 11}, Dead: {0xff9090, 9}, Retry: {0xffff00, 11}, Event: {0x00ffff, 14},
		Emit: {0xe0b0ff, 13}, Call: {0x66ffcc, 14}, Busy: {0x80c8ff, 12}, Idle: {0xa8a8a8, 7}, Fault: {0xffa500, 11},
		Ghost: {0xa8a8a8, 7}, Goal: {0xff9cff, 13}, P50: {0xffffff, 15}, P95: {0x80c8ff, 12}, P99: {0xb0d8ff, 7},
		A: {0x80c8ff, 12}, B: {0xffa500, 11}, Link: {0x00ffff, 14},
	} {
		t.paint(role, c.hex, c.ansi, 0)
	}
	for _, role := range []Style{Strong, Title, Accent, Hot, Dead, Retry, Event, Fault, Key} {
		t.looks[role].attrs = bold
	}
	t.looks[Link].attrs = underline
	t.series([6]uint32{0x80c8ff, 0xffa500, 0x66ff66, 0xff9cff, 0xff9090, 0x66ffcc}, [6]int8{12, 11, 10, 13, 9, 14})
	t.shade([]uint32{0x0040c0, 0x0090ff, 0xa0d8ff, 0xffe0a0, 0xffb000, 0xff7000}, [Steps]int8{4, 4, 12, 12, 6, 14, 7, 15, 3, 11, 11, 9})
	t.bands()
	t.behind(Selection, 0x004a80, 4)
	t.behind(Raised, 0x202020, 0)
	return t
}

// behind sets how a role looks behind text.
func (t *Theme) behind(role Style, hex uint32, ansi int8) {
	t.looks[role].behind, t.looks[role].back = rgb(hex), ansi
}

func (t *Theme) series(hex [6]uint32, ansi [6]int8) {
	for i := range hex {
		t.paint(Series(i), hex[i], ansi[i], 0)
	}
}

// Fore is the colour in front that a style has on a page of this theme, and
// Back the colour behind it: what a picture shows.
func (t *Theme) Fore(s Style) RGB {
	fore, _ := t.pair(s)
	return fore
}

// Back is the colour behind a style; see Fore.
func (t *Theme) Back(s Style) RGB {
	_, back := t.pair(s)
	return back
}

func (t *Theme) pair(s Style) (fore, back RGB) {
	front, behind := t.of(s.Role()), t.of(s.Behind())
	fore, back = front.fore, behind.behind
	if !fore.IsSet() {
		fore = t.Ink
	}
	if s.Behind() == Normal || !back.IsSet() {
		back = t.Page
	}
	if t.attrs(s)&reverse != 0 {
		fore, back = back, fore
	}
	return fore, back
}

// attrs are the attributes a style is shown with.
func (t *Theme) attrs(s Style) Style {
	a := s&(bold|underline|reverse) | t.of(s.Role()).attrs
	if t.of(s.Behind()).attrs&reverse != 0 {
		a |= reverse
	}
	return a
}

// of is a role's look; unknown roles look normal.
func (t *Theme) of(role Style) look {
	if int(role) >= roles {
		return t.looks[Normal]
	}
	return t.looks[role]
}
