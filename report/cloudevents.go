package report

import (
	"io"
	"net/url"
	"strconv"

	"eddy/sim"
)

// CloudEvents is an observer that writes every event that is created as a
// line of JSON in the format of CloudEvents 1.0, with the extensions for
// distributed tracing (traceparent: the family, and the creation of the
// event), correlation (causationid, correlationid: the event that caused it
// and the root of its family) and partitioning (partitionkey). What cannot be
// written is kept as an error for Close; the run goes on.
type CloudEvents struct {
	stream
	sample
	identity
	names         Names
	places, types quoted
	sources       quoted
}

var _ sim.Observer = (*CloudEvents)(nil)

// NewCloudEvents begins the export of the families that the origin wants.
func NewCloudEvents(w io.Writer, names Names, o Origin) *CloudEvents {
	e := &CloudEvents{stream: newStream(w), sample: newSample(names, o.Share), names: names}
	e.identity = newIdentity(o, &e.sample)
	scenario := "/" + url.PathEscape(clean(o.Scenario.Name))
	e.places.name = func(i int32) string {
		kind, name := kindAndName(names.Component(i))
		path := scenario + "/" + kind
		if name != "" {
			path += "/" + url.PathEscape(clean(name))
		}
		return path
	}
	// The format's texts have no control characters, not even as escapes.
	e.types.name = func(i int32) string { return clean(names.Type(i)) }
	e.sources.name = func(i int32) string { return clean(names.Source(i)) }
	return e
}

// Observe writes the event's line when it is created.
func (e *CloudEvents) Observe(r *sim.Record) {
	if r.What != sim.Created || e.err != nil || !e.keeps(r) {
		return
	}
	e.buf = e.appendLine(e.buf, r)
	e.relieve()
}

func (e *CloudEvents) appendLine(b []byte, r *sim.Record) []byte {
	b = append(b, `{"specversion":"1.0","id":`...)
	b = e.appendID(b, r.Event)
	b = append(b, `,"source":`...)
	b = e.places.append(b, r.Component)
	b = append(b, `,"type":`...)
	b = e.types.append(b, r.Type)
	b = append(b, `,"time":"`...)
	b = appendMoment(b, r.At)
	b = append(b, `","traceparent":"00-`...)
	b = appendTraceID(b, e.trace(r.Root))
	b = append(b, '-')
	b = appendHex(b, e.span(r.Event))
	b = append(b, `-01"`...)
	if r.Cause.Source != sim.NoEvent {
		b = append(b, `,"causationid":`...)
		b = e.appendID(b, r.Cause)
	}
	b = append(b, `,"correlationid":`...)
	b = e.appendID(b, r.Root)
	if key, ok := e.names.Key(r.Type, r.Key); ok && key != "" {
		b = append(b, `,"partitionkey":`...)
		b = appendString(b, clean(key))
	}
	b = append(b, `,"datacontenttype":"application/json","data":{"size":`...)
	b = strconv.AppendInt(b, r.Size, 10)
	b = append(b, `,"priority":`...)
	b = strconv.AppendInt(b, int64(r.Priority), 10)
	return append(b, "}}\n"...)
}

func (e *CloudEvents) appendID(b []byte, id sim.EventID) []byte {
	b = e.sources.append(b, id.Source)
	b[len(b)-1] = ':' // in place of the closing quote
	b = strconv.AppendInt(b, id.Number, 10)
	return append(b, '"')
}
