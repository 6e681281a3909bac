package problem

import (
	"fmt"
	"runtime/debug"
)

// Panicked is a panic as an error, so that a mistake of ours over one thing does not end Purser. It is Internal, and its text is
// for the log alone.
type Panicked struct {
	Value any
	Stack []byte
}

func (p *Panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.Value, p.Stack) }

// Guard turns a panic of do into a *Panicked. Whatever runs on a goroutine of its own goes through it.
func Guard(do func() error) (err error) {
	defer func() {
		if surprise := recover(); surprise != nil {
			err = &Panicked{surprise, debug.Stack()}
		}
	}()
	return do()
}
