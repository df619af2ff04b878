// Package experiment runs scenarios more than once: replications on every core,
// as many as a wanted precision needs, and what they say together; scenarios
// beside one another on common luck; grids of them; and each part disturbed in
// turn. It also says what queueing theory expects without a run.
//
// The one promise: results stand by index, so that neither the number of jobs
// nor which of them was quicker shows in any of them; and an interval is given
// only where there is enough behind it to cover what it says.
//
// It does not know the terminal, files, or the clock of the machine: whoever
// wants to show progress asks for it.
package experiment
