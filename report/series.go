package report

import (
	"bufio"
	"io"
	"iter"
	"strconv"

	"eddy/sim"
)

// Sample is one number of one component at one moment.
type Sample struct {
	At        int64  // ns, ≥ 0
	Component string // "consumers.payment"
	Metric    string // "utilisation"
	Value     sim.Number
}

// WriteSeries writes samples as they come, one row each: time in seconds
// (exact, without trailing zeros), component, metric, value. An absent value
// is an empty cell. It stops at the first error of the writer and returns it.
func WriteSeries(w io.Writer, samples iter.Seq[Sample]) error {
	b := bufio.NewWriter(w)
	_, err := b.WriteString("time,component,metric,value\n")
	if err == nil {
		for s := range samples {
			if err = writeSample(b, s); err != nil {
				break
			}
		}
	}
	if err != nil {
		return err
	}
	return b.Flush()
}

func writeSample(b *bufio.Writer, s Sample) error {
	b.Write(appendInstant(b.AvailableBuffer(), s.At))
	b.WriteByte(',')
	writeCell(b, s.Component)
	b.WriteByte(',')
	writeCell(b, s.Metric)
	b.WriteByte(',')
	writeNumberCell(b, s.Value)
	return b.WriteByte('\n') // a bufio.Writer keeps its first error
}

// appendInstant writes nanoseconds ≥ 0 as seconds, exactly.
func appendInstant(b []byte, at int64) []byte {
	b = strconv.AppendInt(b, at/1e9, 10)
	if rest := at % 1e9; rest != 0 {
		b = appendNanos(append(b, '.'), rest)
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return b
}

// appendNanos writes the nine decimals of 0 ≤ ns < 1e9.
func appendNanos(b []byte, ns int64) []byte {
	for unit := int64(1e8); unit > 0; unit /= 10 {
		b = append(b, '0'+byte(ns/unit%10))
	}
	return b
}
