package report

import (
	"io"
	"math"
	"strconv"

	"eddy/sim"
)

// Names tells what the indices in a sim.Record stand for.
type Names interface {
	Component(i int32) string                // "consumers.payment", "subscriptions.orders/inventory"
	Source(i int32) string                   // "web", the part of an event's id before the colon
	Type(i int32) string                     // "order.placed"
	Key(typ int32, key int64) (string, bool) // the text of a key, false if there is none
}

// Trace is an observer that writes one line of JSON for each step in an
// event's life. What cannot be written is kept as an error for Close; the
// run goes on.
type Trace struct {
	stream
	sample
	names                      Names
	components, sources, types quoted
}

var _ sim.Observer = (*Trace)(nil)

// NewTrace begins a trace. Share, 0 to 1, is the part of the families to
// keep. Steps of no event at all (an instance joins, a fault begins) are
// always kept.
func NewTrace(w io.Writer, names Names, share float64) *Trace {
	t := &Trace{stream: newStream(w), sample: newSample(names, share), names: names}
	t.components.name, t.sources.name, t.types.name = names.Component, names.Source, names.Type
	return t
}

// Observe writes the record's line. After a failed write it does nothing.
func (t *Trace) Observe(r *sim.Record) {
	if t.err != nil || !t.keeps(r) {
		return
	}
	t.buf = t.appendLine(t.buf, r)
	t.relieve()
}

// Conclude writes a line for each finding of the run, at its end: what was found
// is the reason, and where it was found the place.
func (t *Trace) Conclude(r *sim.Result) {
	end := int64(math.Round(r.Run.EndedAt * 1e9))
	for _, f := range r.Findings {
		if t.err != nil {
			return
		}
		b := append(t.buf, `{"t":`...)
		b = strconv.AppendInt(b, end/1e9, 10)
		b = appendNanos(append(b, '.'), end%1e9)
		b = append(b, `,"event":null,"type":null,"key":null,"cause":null,"root":null,"at":`...)
		b = appendString(b, f.Component)
		b = append(b, `,"what":"finding","attempt":null,"instance":null,"worker":null,"partition":null,"why":`...)
		t.buf = append(appendString(b, f.Code), "}\n"...)
		t.relieve()
	}
}

func (t *Trace) appendLine(b []byte, r *sim.Record) []byte {
	b = append(b, `{"t":`...)
	b = strconv.AppendInt(b, r.At/1e9, 10)
	b = appendNanos(append(b, '.'), r.At%1e9)
	b = append(b, `,"event":`...)
	b = t.appendEvent(b, r.Event)
	b = append(b, `,"type":`...)
	b = t.types.append(b, r.Type)
	b = append(b, `,"key":`...)
	b = t.appendKey(b, r)
	b = append(b, `,"cause":`...)
	b = t.appendEvent(b, r.Cause)
	b = append(b, `,"root":`...)
	b = t.appendEvent(b, r.Root)
	b = append(b, `,"at":`...)
	b = t.components.append(b, r.Component)
	b = append(b, `,"what":"`...)
	b = append(b, sim.WhatNames[r.What]...)
	b = append(b, `","attempt":`...)
	b = appendIndex(b, r.Attempt, 1)
	b = append(b, `,"instance":`...)
	b = appendIndex(b, r.Instance, 0)
	b = append(b, `,"worker":`...)
	b = appendIndex(b, r.Worker, 0)
	b = append(b, `,"partition":`...)
	b = appendIndex(b, r.Partition, 0)
	b = append(b, `,"why":`...)
	if why := sim.WhyNames[r.Why]; why == "" {
		b = append(b, "null"...)
	} else {
		b = appendString(b, why)
	}
	return append(b, "}\n"...)
}

// appendIndex writes a number that begins at least; below, there is none.
func appendIndex(b []byte, i, least int32) []byte {
	if i < least {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, int64(i), 10)
}

func (t *Trace) appendEvent(b []byte, id sim.EventID) []byte {
	if id.Source == sim.NoEvent {
		return append(b, "null"...)
	}
	b = t.sources.append(b, id.Source)
	b[len(b)-1] = ':' // in place of the closing quote
	b = strconv.AppendInt(b, id.Number, 10)
	return append(b, '"')
}

func (t *Trace) appendKey(b []byte, r *sim.Record) []byte {
	if r.Key >= 0 {
		if key, ok := t.names.Key(r.Type, r.Key); ok {
			return appendString(b, key)
		}
	}
	return append(b, "null"...)
}

// quoted keeps names as JSON strings, each made when it is first needed.
type quoted struct {
	name func(int32) string
	text [][]byte
}

func (q *quoted) append(b []byte, i int32) []byte {
	if i < 0 {
		return append(b, "null"...)
	}
	for int(i) >= len(q.text) {
		q.text = append(q.text, nil)
	}
	if q.text[i] == nil {
		q.text[i] = appendString(nil, q.name(i))
	}
	return append(b, q.text[i]...)
}
