package githubtest

// Fault is an answer other than the right one.
type Fault struct {
	// Times is how often it happens; 0 means once, a negative number always.
	Times int
	// Status, Body and Header make an answer.
	Status int
	Body   string
	Header map[string]string
	// DropBefore cuts the connection before the request has an effect, DropAfter after it.
	DropBefore, DropAfter bool
}

// Fail orders a fault for the next calls, such as "PUT contents", after those ordered before.
func (s *Server) Fail(call string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults[call] = append(s.faults[call], f)
}

// nextFault takes the fault whose turn it is. The caller holds the lock.
func (s *Server) nextFault(name string) (Fault, bool) {
	queue := s.faults[name]
	if len(queue) == 0 {
		return Fault{}, false
	}
	f := queue[0]
	if f.Times > 0 {
		queue[0].Times--
		if queue[0].Times == 0 {
			s.faults[name] = queue[1:]
		}
	}
	return f, true
}
