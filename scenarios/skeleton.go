package scenarios

import _ "embed"

//go:embed skeleton.yaml
var skeleton []byte

// Skeleton is a small commented scenario to begin with. It runs as it is.
func Skeleton() []byte { return append([]byte(nil), skeleton...) }
