package measure

import "math/bits"

// Causes is the number of causes that a nanosecond can be put down to. What
// they are is the owner's.
const Causes = 11

// Blame is what recorded durations were spent on: for each bucket of their
// Histogram, nanoseconds by cause, exact. The zero value is empty. A column
// of 512 buckets (4 KiB) is allocated when a cause first gets something in
// it; after that, recording allocates nothing. A Blame must not be copied
// once it has been used.
//
// The causes of a bucket are not kept side by side although they are written
// together: most durations have one to three of the eleven, and a table of
// whole rows would fill the cache with zeros.
type Blame struct {
	columns columnTable
	spilled *columnTable // in units of spillUnit; nil until something has spilled
}

type (
	column      [pageSize]uint64 // ns, each below spillUnit
	columnTable [pages][Causes]*column
)

// spillUnit is where a cell spills over: 292 years. It leaves the highest bit
// free to notice it by.
const spillUnit = 1 << 63

// Record adds what a duration of the given bucket (0 … Buckets−1) was spent
// on, in ns. It panics when a part is negative.
func (b *Blame) Record(bucket int, ns *[Causes]int64) {
	b.RecordSet(bucket, nonzero(ns), ns)
}

// RecordSet is Record for a caller who knows which parts can be other than 0:
// bit i of set stands for ns[i], and parts without their bit are left out.
// Looking for them is most of the cost of Record.
func (b *Blame) RecordSet(bucket int, set uint, ns *[Causes]int64) {
	columns := &b.columns[uint(bucket)>>pageBits]
	for rest := set; rest != 0; rest &= rest - 1 {
		cause := bits.TrailingZeros(rest)
		v := uint64(ns[cause])
		if col := columns[cause]; col != nil {
			sum := col[uint(bucket)%pageSize] + v
			if int64(sum|v) >= 0 {
				col[uint(bucket)%pageSize] = sum
				continue
			}
		}
		b.recordRare(uint(bucket), cause, v)
	}
}

// recordRare adds to a cell whose column is new, or that spills over, or finds
// that what is to be added is negative. It is kept out of Record for the sake
// of the registers there.
//
//go:noinline
func (b *Blame) recordRare(bucket uint, cause int, v uint64) {
	if int64(v) < 0 {
		panicNegative()
	}
	at := &b.columns[bucket>>pageBits][cause]
	if *at == nil {
		*at = new(column)
	}
	sum := (*at)[bucket%pageSize] + v
	if sum >= spillUnit {
		sum -= spillUnit
		b.spill(bucket, cause, 1)
	}
	(*at)[bucket%pageSize] = sum
}

// nonzero has a bit for each part that is not 0: eleven tests without a
// branch, since which they are changes from one duration to the next.
func nonzero(ns *[Causes]int64) (set uint) {
	set = bit(ns[0])
	set |= bit(ns[1]) << 1
	set |= bit(ns[2]) << 2
	set |= bit(ns[3]) << 3
	set |= bit(ns[4]) << 4
	set |= bit(ns[5]) << 5
	set |= bit(ns[6]) << 6
	set |= bit(ns[7]) << 7
	set |= bit(ns[8]) << 8
	set |= bit(ns[9]) << 9
	set |= bit(ns[10]) << 10
	return set
}

// bit is 1 for anything but 0.
func bit(v int64) uint {
	if v != 0 {
		return 1
	}
	return 0
}

// spill adds units of spillUnit to a cell.
func (b *Blame) spill(bucket uint, cause int, units uint64) {
	if b.spilled == nil {
		b.spilled = new(columnTable)
	}
	at := &b.spilled[bucket>>pageBits][cause]
	if *at == nil {
		*at = new(column)
	}
	(*at)[bucket%pageSize] += units
}

// Total is what all durations were spent on, in ns.
func (b *Blame) Total() [Causes]U128 { return b.From(0) }

// From is what the durations of bucket and all later ones were spent on, in
// ns.
func (b *Blame) From(bucket int) (total [Causes]U128) {
	bucket = max(bucket, 0)
	for i := bucket >> pageBits; i < pages; i++ {
		from := max(bucket-i<<pageBits, 0)
		for cause := range total {
			if col := b.columns[i][cause]; col != nil {
				total[cause] = total[cause].Add(col.sum(from))
			}
			if b.spilled != nil && b.spilled[i][cause] != nil {
				units := b.spilled[i][cause].sum(from)
				total[cause] = total[cause].Add(U128{units.Hi<<63 | units.Lo>>1, units.Lo << 63})
			}
		}
	}
	return total
}

// sum adds the cells from one on.
func (c *column) sum(from int) (total U128) {
	for _, v := range c[from:] {
		total = total.Add64(v)
	}
	return total
}

// Merge adds what o has recorded, as if it had been recorded here, in
// whatever order. o, which must be another, stays as it is.
func (b *Blame) Merge(o *Blame) {
	for i := range o.columns {
		for cause, from := range o.columns[i] {
			if from != nil {
				b.mergeColumn(i, cause, from)
			}
		}
	}
	if o.spilled == nil {
		return
	}
	for i := range o.spilled {
		for cause, from := range o.spilled[i] {
			if from != nil {
				b.mergeSpilled(i, cause, from)
			}
		}
	}
}

// mergeColumn adds cells below spillUnit.
func (b *Blame) mergeColumn(i, cause int, from *column) {
	at := &b.columns[i][cause]
	if *at == nil {
		*at = new(column)
	}
	for j, v := range from {
		sum := (*at)[j] + v
		if sum >= spillUnit {
			sum -= spillUnit
			b.spill(uint(i<<pageBits+j), cause, 1)
		}
		(*at)[j] = sum
	}
}

// mergeSpilled adds units of spillUnit.
func (b *Blame) mergeSpilled(i, cause int, from *column) {
	for j, units := range from {
		if units != 0 {
			b.spill(uint(i<<pageBits+j), cause, units)
		}
	}
}

// Reset forgets what was recorded and keeps the memory.
func (b *Blame) Reset() {
	b.columns.clear()
	if b.spilled != nil {
		b.spilled.clear()
	}
}

func (t *columnTable) clear() {
	for i := range t {
		for _, col := range t[i] {
			if col != nil {
				*col = column{}
			}
		}
	}
}
