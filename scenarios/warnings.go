package scenarios

import (
	"eddy/sim/spec"
)

// spots are the places of the document that warnings need when everything is
// read.
type spots struct {
	root     *node
	channels *node
	declared int          // events declared in the text
	emitted  map[int]bool // events somebody emits
}

func newSpots(root *node, l *loader) spots {
	s := spots{root: root, channels: root.lookup("broker").lookup("channels"), emitted: map[int]bool{}}
	s.declared = len(l.names[events].names)
	if s.channels == nil || s.channels.kind != mapNode {
		s.channels = &node{kind: mapNode}
	}
	return s
}

var _ = spec.None

func (l *loader) warnings(root *node) {}
