package sim

import "eddy/sim/spec"

// lateBy is why a copy that came after a later event of its key had been
// returned before, NoReason where it had not.
func lateBy(c *copyRec) Why {
	if c.back == WhyBackoff || (c.back == NoReason && c.tries > 1) {
		return WhyFailure
	}
	return c.back
}

// returnedLate says what makes copies late that were returned, by why they were.
var returnedLate = []struct {
	why  Why
	text string
}{
	{WhyFailure, "what is tried again comes late"},
	{WhyLease, "what timed out is delivered again and comes late"},
	{WhyCrash, "what a crash returned is delivered again and comes late"},
	{WhyStop, "what an instance gave back when it left comes late"},
	{WhyDrop, "what was lost on the way is delivered again and comes late"},
}

// lateness says why effects came after those of later events of their key,
// and whether several workers are a reason.
func (f *finder) lateness(i int) (causes []string, workers bool) {
	k := &f.e.consumers[i]
	late := k.n.late
	for why := range late {
		late[why] -= k.base.late[why]
	}
	if late[NoReason] > 0 {
		causes, workers = f.overtaken(k)
	}
	for _, r := range returnedLate {
		if late[r.why] > 0 {
			causes = append(causes, r.text)
		}
	}
	if len(causes) == 0 {
		causes = append(causes, "events of one key came to "+k.spec.Name+" on different ways")
	}
	return causes, workers
}

// overtaken says why copies that were delivered once came late.
func (f *finder) overtaken(k *consumer) (causes []string, workers bool) {
	switch {
	case len(k.sources) > 0 && k.sources[0].s.group != nil:
		causes = append(causes, "partitions changed hands before all that was read was done")
	case k.workers != 1 || k.count > 1:
		causes, workers = append(causes, "several workers of "+k.spec.Name+" take events of one key at a time"), true
	}
	if f.publishedAgain() > 0 {
		causes = append(causes, "what is published again comes late")
	}
	for _, src := range k.sources {
		if o := src.s.spec.Order; o != spec.FIFO {
			causes = append(causes, "its queue is not first come, first served")
			break
		}
	}
	return causes, workers
}
