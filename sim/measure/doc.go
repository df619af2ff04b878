// Package measure is running statistics of a simulation: levels over time,
// distributions of durations, and what the durations were spent on.
//
// The one promise: what is said to be exact is exact. Counts, sums, sums of
// squares and integrals are whole numbers wide enough never to wrap, so they
// do not depend on the order of recording, on the processor, or on how a run
// was cut into parts that were merged afterwards; and they can be checked
// against one another to the last nanosecond. Only the last step of a report
// rounds to floating point, and only quantiles are approximate, by at most
// 0.1 %.
//
// It does not know what is measured, when a warm-up ends, or that there is
// more than one run: no names, no confidence intervals, no clock.
package measure
