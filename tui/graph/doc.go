// Package graph lays out and draws a flow graph in character cells: boxes in
// columns, edges at right angles, and what moves along them.
//
// The one promise: the same graph and size give the same layout; no two
// boxes overlap, nothing lies outside, and every edge between two boxes is a
// connected line of cells from the border of one to the border of the other.
// What does not fit is said not to fit rather than drawn wrong.
//
// It knows nothing of simulations, time or terminals: what stands in a box
// and how far an event has come is told by the caller.
package graph
