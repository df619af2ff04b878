// Package kernel is the clock order and the future event list: what is still
// to happen, and which of it comes first.
//
// The one promise: items leave a List in the one total order that Before
// defines, whatever order they were pushed in, and none is lost or invented.
// Where every (At, Ord) is unique, as Order makes it, the order of a run is
// therefore a property of the run alone: never of the machine, of memory
// layout, or of the history of the list.
//
// It does not know what an item means. Classes, components and payloads are
// numbers to it; brokers, producers, consumers and pace belong to others.
package kernel
