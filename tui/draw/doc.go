// Package draw is the drawing kit of the screen: a grid of character cells,
// styles by meaning, themes, and the pieces every view is put together from:
// bars, sparklines, latency bands, heat maps, curves, strips, tables, and
// numbers written for people.
//
// The one promise: whatever is drawn, and however small the grid, every
// glyph occupies exactly the cells the grid says it does, nothing is drawn
// outside, and no text can smuggle a control character or an escape sequence
// into a terminal or a picture.
//
// It knows nothing of simulations, terminals, keys or time: everything here
// is a function of values. It writes a frame as text with colours, as plain
// text, or as SVG, and leaves to others where that goes.
package draw
