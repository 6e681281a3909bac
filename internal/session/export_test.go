package session

import (
	"testing"
	"time"
)

// BePatient lets pages of this test wait as long as a busy machine takes for what is written beside them.
func BePatient(t *testing.T) {
	was := beside
	beside = time.Minute
	t.Cleanup(func() { beside = was })
}
