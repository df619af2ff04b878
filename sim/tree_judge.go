package sim

import "eddy/sim/spec"

// Judge compares a result with what was expected of it. A value that is
// absent proves nothing either way, nor does a quantile that rests on too few
// observations (p99: fewer than 150): the verdict is inconclusive. A truth
// (ledger.balanced) counts as 1 or 0.
func Judge(r *Result, want []spec.Expectation) []ExpectationResult {
	if len(want) == 0 {
		return nil
	}
	tree := r.Tree()
	judged := make([]ExpectationResult, len(want))
	for i, w := range want {
		judged[i] = judgeOne(tree, w)
	}
	return judged
}

func judgeOne(tree *Node, want spec.Expectation) ExpectationResult {
	e := ExpectationResult{Expect: want.Text, Verdict: Inconclusive, Why: want.Why}
	n := tree.Find(want.Path)
	if n == nil || n.Leaf == nil || !n.Leaf.Number.Valid {
		return e
	}
	e.Value = n.Leaf.Number
	if of, observed := observations(tree, want.Path); observed && thinTail(want.Path[len(want.Path)-1], of) {
		return e
	}
	e.Verdict = Failed
	if satisfies(e.Value.Value, want.Op, want.Value) {
		e.Verdict = Pass
	}
	return e
}

func satisfies(got float64, op spec.Operator, want float64) bool {
	switch op {
	case spec.Less:
		return got < want
	case spec.LessEqual:
		return got <= want
	case spec.Greater:
		return got > want
	case spec.GreaterEqual:
		return got >= want
	case spec.Equal:
		return got == want
	case spec.NotEqual:
		return got != want
	}
	return false
}
