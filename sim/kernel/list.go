package kernel

// List is the future event list. The zero value is an empty list, ready for
// use. It holds memory for the most items that were ever in it at once and
// allocates only when that number grows. It is not safe for concurrent use.
//
// It is a heap in which every item has four children, since that is half as
// deep as a binary one and the four are read together. They lie side by side
// in one family; the root sits alone in the last place of family 0, which
// makes the children of place i family i-2. Places without an item hold
// nothing, an item later than any other, so that a family is always four and
// the least of it is found without a branch.
//
// Most of what happens asks for something else to happen: a Pop is mostly
// followed by a Push. So Pop only marks the root as taken, and the next Push
// sinks its item from there, one walk down instead of two.
type List struct {
	families []family
	size     int  // places in use, the taken root among them
	taken    bool // the root has been popped and not yet been replaced
}

type family [4]Item

const root = 3

var (
	nothing = Item{At: -1, Ord: ^uint64(0)} // as an unsigned time, after all others
	vacant  = family{nothing, nothing, nothing, nothing}
)

// Len is the number of items in the list.
func (l *List) Len() int {
	if l.taken {
		return l.size - 1
	}
	return l.size
}

// Push adds an item. It panics when the item's time is negative.
func (l *List) Push(it Item) {
	if it.At < 0 {
		panic("kernel: an item before time 0")
	}
	if l.taken {
		l.taken = false
		l.sink(it)
		return
	}
	l.rise(it)
}

// Peek tells the time in nanoseconds and the order of the first item without
// taking it; ok is false when the list is empty.
func (l *List) Peek() (at int64, ord uint64, ok bool) {
	if l.taken {
		l.mend()
	}
	if l.size == 0 {
		return 0, 0, false
	}
	it := &l.families[0][root]
	return it.At, it.Ord, true
}

// Due says whether there is an item that comes before (at, ord). Unlike Peek it
// leaves a popped root's place open for the next Push.
func (l *List) Due(at int64, ord uint64) bool {
	limit := Item{At: at, Ord: ord}
	if !l.taken {
		return l.size > 0 && before(&l.families[0][root], &limit) != 0
	}
	if len(l.families) < 2 {
		return false
	}
	f := &l.families[1]
	return before(&f[0], &limit)|before(&f[1], &limit)|before(&f[2], &limit)|before(&f[3], &limit) != 0
}

// Pop takes the first item. It panics when the list is empty.
func (l *List) Pop() Item {
	if l.taken {
		l.mend()
	}
	if l.size == 0 {
		panic("kernel: pop from an empty list")
	}
	l.taken = true
	return l.families[0][root]
}

// PopBy takes the first item if it comes at or before until (ns), and tells its
// parts; ok is false, and nothing is taken, when there is none.
func (l *List) PopBy(until int64) (at int64, ord, data uint64, ok bool) {
	if l.taken {
		l.mend()
	}
	if l.size == 0 {
		return 0, 0, 0, false
	}
	it := &l.families[0][root]
	if it.At > until {
		return 0, 0, 0, false
	}
	l.taken = true
	return it.At, it.Ord, it.Data, true
}

// Reset empties the list and keeps its memory.
func (l *List) Reset() {
	l.families = l.families[:0]
	l.size = 0
	l.taken = false
}

// mend closes the place of a popped root with the last item.
func (l *List) mend() {
	l.taken = false
	l.size--
	last := l.size + root
	f := &l.families[last>>2]
	it := f[last&3]
	f[last&3] = nothing
	if last&3 == 0 || l.size == 0 {
		l.families = l.families[:last>>2]
	}
	if l.size > 0 {
		l.sink(it)
	}
}

// sink puts an item in the place of the root and moves it down to where it
// belongs.
func (l *List) sink(it Item) {
	families := l.families
	hole := &families[0][root]
	for i := root - 2; i < len(families); {
		f := &families[i]
		// The least of four as a knock-out of two rounds; b and m are
		// below 4 anyway, which the masks tell the compiler.
		a := before(&f[1], &f[0])
		b := 2 + before(&f[3], &f[2])
		m := a ^ (a^b)&-before(&f[b&3], &f[a&1])
		least := &f[m&3]
		if before(least, &it) == 0 {
			break
		}
		*hole = *least
		hole = least
		i = i<<2 + int(m) - 2
	}
	*hole = it
}

// rise adds an item in the last place and moves it up to where it belongs.
func (l *List) rise(it Item) {
	i := l.size + root
	l.size++
	if i>>2 >= len(l.families) {
		l.families = append(l.families, vacant)
	}
	families := l.families
	hole := &families[i>>2][i&3]
	for i > root {
		i = i>>2 + 2
		parent := &families[i>>2][i&3]
		if before(&it, parent) == 0 {
			break
		}
		*hole = *parent
		hole = parent
	}
	*hole = it
}
