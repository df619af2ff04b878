// Package report writes what a run measured: text for a person, JSON, CSV,
// Markdown and a page of HTML with charts; for other programs OpenMetrics,
// JUnit, and, while the run goes on, the trace of every step, the series over
// time, CloudEvents and OpenTelemetry's spans. Each is a function of a result,
// or an observer of a run, and an io.Writer.
//
// The one promise: a report is the same bytes for the same result, and text
// that came from a scenario is data in it: no control character, escape
// sequence, bidirectional override, spreadsheet formula or markup of a name
// reaches whoever reads the report.
//
// It does not measure, judge or round what other programs read, and it does
// not know scenarios' files, flags, where a report goes, or whether a
// terminal reads it: it is told.
package report
