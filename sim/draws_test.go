package sim_test

import (
	"flag"

	_ "pgregory.net/rapid"
)

// Properties are checked on the same draws every time, whatever failed before:
// no test depends on luck or on files that are left. -rapid.seed=S looks at others.
func init() {
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
}
