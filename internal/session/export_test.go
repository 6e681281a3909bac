package session

import "time"

// BePatient lets pages wait as long as a busy machine takes for what is written beside them, in tests of what else they promise.
func (s *Service) BePatient() { s.beside = time.Minute }
