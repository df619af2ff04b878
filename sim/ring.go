package sim

// held is an event kept by its source.
type held struct {
	event *event
	user  int32 // who waits for it, -1: nobody
}

// ring is a first-in first-out queue of held events.
type ring = deque[held]

// deque is a queue with two ends in a power of two of places. It gives memory
// back when it is mostly empty.
type deque[T any] struct {
	items []T
	head  int
	size  int
}

func (d *deque[T]) len() int { return d.size }

func (d *deque[T]) at(i int) *T { return &d.items[(d.head+i)&(len(d.items)-1)] }

func (d *deque[T]) push(v T) {
	if d.size == len(d.items) {
		d.resize(max(8, 2*len(d.items)))
	}
	d.items[(d.head+d.size)&(len(d.items)-1)] = v
	d.size++
}

func (d *deque[T]) pushFront(v T) {
	if d.size == len(d.items) {
		d.resize(max(8, 2*len(d.items)))
	}
	d.head = (d.head - 1) & (len(d.items) - 1)
	d.items[d.head] = v
	d.size++
}

func (d *deque[T]) pop() T {
	v := d.items[d.head]
	d.head = (d.head + 1) & (len(d.items) - 1)
	d.size--
	d.shrink()
	return v
}

func (d *deque[T]) popBack() T {
	d.size--
	v := d.items[(d.head+d.size)&(len(d.items)-1)]
	d.shrink()
	return v
}

func (d *deque[T]) shrink() {
	if len(d.items) > 1024 && d.size < len(d.items)/8 {
		d.resize(len(d.items) / 2)
	}
}

func (d *deque[T]) resize(n int) {
	items := make([]T, n)
	for i := range d.size {
		items[i] = *d.at(i)
	}
	d.items, d.head = items, 0
}
