package sim

import "eddy/sim/spec"

// Judge compares a result with what was expected of it. A value that is
// absent proves nothing either way, nor does a quantile that rests on too few
// observations (p99: fewer than 150): the verdict is inconclusive. A truth
// (ledger.balanced) counts as 1 or 0. A run that was cut short can break an
// expectation and cannot keep one: what it did not come to might have.
func Judge(r *Result, want []spec.Expectation) []ExpectationResult {
	if len(want) == 0 {
		return nil
	}
	tree := r.Tree()
	judged := make([]ExpectationResult, len(want))
	for i, w := range want {
		judged[i] = judgeOne(tree, w)
		if judged[i].Verdict == Pass && r.Run.Ended.CutShort() {
			judged[i].LeaveOpen(openCutShort(r.Run.Ended))
		}
	}
	return judged
}

// openCutShort is the reason for which a run that was cut short keeps nothing.
func openCutShort(e Ended) string { return "the run was cut short: " + string(e) }

func judgeOne(tree *Node, want spec.Expectation) ExpectationResult {
	e := ExpectationResult{Expect: want.Text, Why: want.Why}
	n := tree.Find(want.Path)
	if n == nil || n.Leaf == nil || !n.Leaf.Number.Valid {
		e.LeaveOpen("nothing was measured")
		return e
	}
	e.Value = n.Leaf.Number
	if of, observed := observations(tree, want.Path); observed && thinTail(want.Path[len(want.Path)-1], of) {
		e.LeaveOpen("too few to tell that quantile: " + times(of, "observation", "observations"))
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
