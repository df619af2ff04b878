package sim

// findings says what the numbers of a result mean.
func (e *Engine) findings(r *Result) []Finding { return nil }
