package luck

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/big"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the tables and pinned values anew")

// TestTables computes both tables from their definitions in 300 bits and
// compares the files with them, byte by byte.
func TestTables(t *testing.T) {
	compareFile(t, "log_table.go", logTableSource())
	compareFile(t, "exp_table.go", expTableSource())
}

func compareFile(t *testing.T, name string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what its definition gives (go test -run TestTables -update writes it)", name)
	}
}

func logTableSource() []byte {
	var b bytes.Buffer
	b.WriteString("package luck\n\n// logTable is checked against its definition by TestTables.\nvar logTable = [logTableSize]logEntry{\n")
	for i := range logTableSize {
		// An interval's ends as bits; it may reach over 1, where the spacing changes.
		lowBits := uint64(logOffset) + uint64(i)<<(52-logTableBits)
		low := math.Float64frombits(lowBits)
		high := math.Float64frombits(lowBits + 1<<(52-logTableBits))
		inv := math.Round(2/(low+high)*(1<<20)) / (1 << 20)
		if low < 1 && high > 1 {
			inv = 1
		}
		log := bigLog(bigNew(inv))
		log.Neg(log)
		scaled, _ := bigZero().SetMantExp(log, 42).Float64()
		hi := math.Round(scaled)/(1<<42) + 0 // + 0: never -0
		lo, _ := bigZero().Sub(log, bigNew(hi)).Float64()
		fmt.Fprintf(&b, "\t{%x, %x, %x},\n", inv, hi, lo)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func expTableSource() []byte {
	var b bytes.Buffer
	b.WriteString("package luck\n\n// expTable is checked against its definition by TestTables.\nvar expTable = [expTableSize]expEntry{\n")
	for i := range expTableSize {
		exact := bigExp(bigZero().Quo(bigZero().Mul(bigLn2, bigNew(float64(i))), bigNew(expTableSize)))
		value, _ := exact.Float64()
		tail, _ := bigZero().Quo(bigZero().Sub(exact, bigNew(value)), bigNew(value)).Float64()
		fmt.Fprintf(&b, "\t{%x, %x},\n", value, tail)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// TestSplitConstants holds the constants written in two parts against log 2.
func TestSplitConstants(t *testing.T) {
	step := bigZero().Quo(bigLn2, bigNew(expTableSize))
	for _, c := range []struct {
		name   string
		hi, lo float64
		want   *big.Float
	}{{"ln2", ln2Hi, ln2Lo, bigLn2}, {"expStep", expStepHi, expStepLo, step}} {
		lo, _ := bigZero().Sub(c.want, bigNew(c.hi)).Float64()
		if lo != c.lo {
			t.Errorf("%s: low part %x, should be %x", c.name, c.lo, lo)
		}
	}
}
