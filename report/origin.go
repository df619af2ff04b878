package report

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"eddy/sim"
	"eddy/sim/spec"
)

// Origin says which run an export is about and how much of it is wanted.
type Origin struct {
	Scenario *spec.Scenario
	Version  string  // of the program, "" if unknown
	Share    float64 // 0 to 1: the part of the families of events to keep
}

// identity gives the events of a run names of sixteen and eight bytes, for
// programs that know events by those. They are hashes of the scenario's name,
// the seed and the event's own id: the same whenever the same run is made,
// and others in another run.
type identity struct {
	run    uint64
	source func(int32) uint64 // a hash of the source's name
}

func newIdentity(o Origin, s *sample) identity {
	h := uint64(14695981039346656037)
	for _, c := range []byte(o.Scenario.Name + "\x00" + o.Scenario.Variant + "\x00" + strconv.FormatInt(o.Scenario.Seed, 10)) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return identity{run: mix(h), source: s.salt}
}

func (i identity) hash(id sim.EventID, purpose uint64) uint64 {
	return mix(i.run^purpose) ^ mix(i.source(id.Source)^mix(uint64(id.Number)))
}

// trace is the name of a family, by its root.
func (i identity) trace(root sim.EventID) [2]uint64 {
	a := mix(i.hash(root, 0x7472616365))
	return [2]uint64{a, mix(a^i.hash(root, 0x66616d696c79)) | 1} // all zeros is no name
}

// span is the name of an event's creation.
func (i identity) span(id sim.EventID) uint64 { return mix(i.hash(id, 0x6576656e74)) | 1 }

// appendHex writes eight bytes as sixteen lower-case hexadecimal digits.
func appendHex(b []byte, v uint64) []byte {
	return hex.AppendEncode(b, []byte{byte(v >> 56), byte(v >> 48), byte(v >> 40), byte(v >> 32), byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

func appendTraceID(b []byte, id [2]uint64) []byte { return appendHex(appendHex(b, id[0]), id[1]) }

// appendMoment writes the instant at ns ≥ 0 as a moment of the calendar
// (RFC 3339), which simulated time has none of: its beginning is taken to be
// that of 1970, so that the same run is the same bytes.
func appendMoment(b []byte, at int64) []byte {
	return time.Unix(0, at).UTC().AppendFormat(b, "2006-01-02T15:04:05.000000000Z")
}

// kindAndName takes "consumers.payment" apart.
func kindAndName(component string) (kind, name string) {
	kind, name, _ = strings.Cut(component, ".")
	return kind, name
}
