package cli

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"eddy/scenarios"
	"eddy/sim/experiment"
)

var updateFingerprints = flag.Bool("update-fingerprints", false, "record the built-in scenarios' fingerprints anew")

// TestFingerprints runs every built-in scenario. Its fingerprint folds
// everything that happened: it changes if anything does.
func TestFingerprints(t *testing.T) {
	if testing.Short() {
		t.Skip("whole runs of every built-in scenario")
	}
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, files, _ := scenarios.Builtin(name)
			sc, ds := scenarios.Load(text, scenarios.Options{Name: name, FS: files})
			if sc == nil {
				t.Fatal(ds)
			}
			o, err := experiment.Of(sc, experiment.Options{Replications: 1}).Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%016x", o.Runs[0].Run.Fingerprint)
			if *updateFingerprints {
				file := filepath.Join("..", "scenarios", "library", name+".fingerprint")
				if err := os.WriteFile(file, []byte(got+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, recorded := scenarios.Fingerprint(name)
			switch {
			case !recorded:
				t.Errorf("no fingerprint is recorded; it is %s", got)
			case got != want:
				t.Errorf("fingerprint %s, recorded %s: what happens in this scenario has changed", got, want)
			}
			if !o.Runs[0].Ledger.Balanced {
				t.Error("the ledger does not balance")
			}
			checkDocument(t, o.Runs[0])
		})
	}
}
