package demotest

import (
	"bytes"
	"net/http"
	"runtime"
	"testing"
	"time"
)

// Goroutines counts what is under way in this process, but for River's own: it begins them over some seconds after the start, and
// they come and go.
func Goroutines() (n int) {
	for stack := range bytes.SplitSeq(stacks(), []byte("\n\n")) {
		if !bytes.Contains(stack, []byte("riverqueue/river")) {
			n++
		}
	}
	return n
}

func stacks() []byte {
	for size := 1 << 20; ; size *= 2 {
		buffer := make([]byte, size)
		if n := runtime.Stack(buffer, true); n < size {
			return buffer[:n]
		}
	}
}

// Settle waits until no more goroutines are left than there were, within a few that come and go.
func Settle(t testing.TB, before int) {
	t.Helper()
	now := 0
	for range 300 {
		if now = Goroutines(); now <= before+8 {
			return
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before:\n%s", now, before, stacks())
}
