package graph

// The least and the usual width of a gutter that lines go through, and the
// least width of a box.
const (
	leastGutter = 3
	usualGutter = 9
	leastBox    = 10
	widestGap   = 26
)

// placeColumns gives boxes and gutters their widths and places. It tells
// whether there is room.
func (p *plan) placeColumns() bool {
	boxLeast, boxWish := p.boxWidths()
	gutLeast, gutWish := p.gutterWidths()
	if p.w <= 0 {
		p.w = sum(boxWish) + sum(gutWish)
	}
	spare := p.w - sum(boxLeast) - sum(gutLeast)
	if spare < 0 {
		return false
	}
	widths, gutters := boxLeast, gutLeast
	// Room for the lines first, half of what they wish, then for the boxes.
	half := make([]int, len(gutWish))
	for i := range half {
		half[i] = (gutLeast[i] + gutWish[i] + 1) / 2
	}
	spare = grow(gutters, half, spare)
	spare = grow(widths, boxWish, spare)
	spare = grow(gutters, gutWish, spare)
	for i := range gutWish {
		if gutWish[i] > 0 {
			gutWish[i] = max(gutWish[i], widestGap)
		}
	}
	spare = grow(gutters, gutWish, spare)
	p.setPlaces(widths, gutters, spare/2)
	return true
}

// grow gives of spare to each that is below its wish, one at a time to the
// one that lacks most, and returns what is left.
func grow(now, wish []int, spare int) int {
	for spare > 0 {
		worst := -1
		for i := range now {
			if wish[i] > now[i] && (worst < 0 || wish[i]-now[i] > wish[worst]-now[worst]) {
				worst = i
			}
		}
		if worst < 0 {
			return spare
		}
		now[worst]++
		spare--
	}
	return spare
}

func (p *plan) boxWidths() (least, wish []int) {
	least, wish = make([]int, len(p.columns)), make([]int, len(p.columns))
	for c, column := range p.columns {
		for _, it := range column {
			if b := p.items[it].box; b >= 0 {
				n := p.nodes[b]
				least[c] = max(least[c], min(n.least, max(4, n.width)))
				wish[c] = max(wish[c], n.width, 4)
			}
		}
		least[c] = max(least[c], 4)
		wish[c] = max(wish[c], least[c])
	}
	return least, wish
}

func (p *plan) gutterWidths() (least, wish []int) {
	least, wish = make([]int, len(p.gutters)), make([]int, len(p.gutters))
	for i, g := range p.gutters {
		outer := i == 0 || i == len(p.gutters)-1
		switch {
		case len(g.nets) == 0 && outer:
		case len(g.nets) == 0:
			least[i], wish[i] = 1, 3
		case outer:
			least[i], wish[i] = g.tracks+1, 2*g.tracks+1
		default:
			least[i] = max(leastGutter, g.tracks+2)
			wish[i] = max(usualGutter, 2*g.tracks+3, g.left+g.right+2*g.tracks+4)
		}
	}
	return least, wish
}

func (p *plan) setPlaces(widths, gutters []int, x int) {
	p.colW = widths
	p.colX = make([]int, len(widths))
	for i := range p.gutters {
		p.gutters[i].x, p.gutters[i].width = x, gutters[i]
		p.placeInGutter(&p.gutters[i])
		x += gutters[i]
		if i < len(widths) {
			p.colX[i] = x
			x += widths[i]
		}
	}
	p.placeLinks()
}

// placeInGutter gives the tracks their columns: two apart when there is room,
// and so that both sides have room for their labels.
func (p *plan) placeInGutter(g *gutter) {
	if g.tracks == 0 {
		return
	}
	step := 1
	if 2*g.tracks+2 <= g.width {
		step = 2
	}
	block := (g.tracks-1)*step + 1
	free := g.width - block
	before := free * (g.left + 2) / (g.left + g.right + 4)
	lo, hi := min(1, free), max(0, free-1)
	if p.nets[g.nets[0]].gutter == 0 {
		lo = 0
	}
	before = max(lo, min(before, hi))
	for _, i := range g.nets {
		if n := &p.nets[i]; n.track >= 0 {
			n.x = g.x + before + n.track*step
		}
	}
}

// placeLinks gives the vertical lines between neighbours their columns, those
// between the same two boxes beside one another.
func (p *plan) placeLinks() {
	count := map[[2]int]int{}
	for i := range p.links {
		l := &p.links[i]
		pair := [2]int{min(l.from, l.to), max(l.from, l.to)}
		c := p.items[l.from].column
		n := count[pair]
		count[pair]++
		side := (n + 1) / 2 * 3
		if n%2 == 1 {
			side = -side
		}
		l.x = p.colX[c] + max(1, min(p.colW[c]-2, p.colW[c]/2+side))
	}
}

func sum(v []int) int {
	s := 0
	for _, x := range v {
		s += x
	}
	return s
}
