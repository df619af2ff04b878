package reference

// Accounts are the whole run's counts.
type Accounts struct {
	Complete  bool // it ran to its end, not to the limit
	Producers []ProducerAccount
	Stores    []StoreAccount // queues, then subscriptions, those of streams by partition

	Deadlocked bool // the run ended since workers wait for one another
	Opened     int  // times a breaker opened
	Short      int  // tries that an open breaker failed at once
}

// ProducerAccount counts a producer's events:
// Created = Published + Rejected + Unsent + Dropped and what is under way.
type ProducerAccount struct {
	Name                                                   string
	Created, Published, Rejected, Unsent, Dropped, Retries int64
}

// StoreAccount counts a store's copies: In is the sum of the others.
type StoreAccount struct {
	Name                                                                     string
	In, Waiting, Delayed, Leased, Done, DeadLettered, Dropped, Expired, Lost int64
}

// Balanced says whether every event and every copy is accounted for.
func (a *Accounts) Balanced() bool {
	for _, p := range a.Producers {
		if p.Created < p.Published+p.Rejected+p.Unsent+p.Dropped || p.Unsent < 0 {
			return false
		}
	}
	for _, s := range a.Stores {
		if s.In != s.Waiting+s.Delayed+s.Leased+s.Done+s.DeadLettered+s.Dropped+s.Expired+s.Lost {
			return false
		}
	}
	return true
}

func (w *world) accounts() Accounts {
	a := Accounts{Deadlocked: w.isDeadlocked, Opened: w.opened, Short: w.short}
	for _, p := range w.sends {
		acc := p.account
		acc.Name = p.spec.Name
		for _, s := range p.sources {
			acc.Unsent += int64(len(s.buffer) + len(s.outbox))
		}
		a.Producers = append(a.Producers, acc)
	}
	for _, s := range w.listed {
		a.Stores = append(a.Stores, s.account())
	}
	return a
}

// account counts the copies by where they are; what was answered before work
// and is in hand counts as leased.
func (s *store) account() StoreAccount {
	a := StoreAccount{Name: s.name, In: int64(len(s.copies))}
	for _, c := range s.copies {
		switch c.state {
		case waiting:
			a.Waiting++
		case delayed:
			a.Delayed++
		case leased, inHand:
			a.Leased++
		case done:
			a.Done++
		case deadLettered:
			a.DeadLettered++
		case dropped:
			a.Dropped++
		case expired:
			a.Expired++
		case lost:
			a.Lost++
		}
	}
	return a
}
