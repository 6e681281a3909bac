package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
)

// Managed reports whether the service manager started this process.
func Managed() bool {
	managed, err := svc.IsWindowsService()
	return err == nil && managed
}

// Run gives this process to the service manager until it is stopped, and gives the exit status of the work.
func Run(work Work) (int, error) {
	events, err := eventlog.Open(Name)
	if err != nil {
		return 1, fmt.Errorf("open the event log: %w", err)
	}
	s := &attended{work: work, events: events}
	err = svc.Run(Name, s)
	return s.status, errors.Join(err, events.Close())
}

// attended is the work as the service manager sees it.
type attended struct {
	work   Work
	events Events
	status int
}

// Execute implements svc.Handler. The status of the work is the service's own exit code.
func (a *attended) Execute(_ []string, asked <-chan svc.ChangeRequest, told chan<- svc.Status) (bool, uint32) {
	orders, done := make(chan order), make(chan struct{})
	defer close(done)
	go pass(asked, orders, done)
	a.status = attend(func(ctx context.Context, ready func()) int { return a.work(ctx, consoleOf(a.events, ready)) }, orders, func(at state) { told <- statusOf(at) })
	return a.status != 0, uint32(a.status)
}

// pass hands over the orders of the service manager until the work is done.
func pass(asked <-chan svc.ChangeRequest, orders chan<- order, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case request := <-asked:
			what := interrogate
			if request.Cmd == svc.Stop || request.Cmd == svc.Shutdown || request.Cmd == svc.PreShutdown {
				what = stop
			}
			select {
			case orders <- what:
			case <-done:
				return
			}
		}
	}
}

// The first start after an upgrade may have much to bring up to date; a stop gives requests in flight ten seconds.
const (
	startHint = 10 * time.Minute
	stopHint  = 20 * time.Second
)

func statusOf(at state) svc.Status {
	switch at {
	case starting:
		return svc.Status{State: svc.StartPending, Accepts: svc.AcceptStop | svc.AcceptShutdown, WaitHint: uint32(startHint / time.Millisecond)}
	case running:
		return svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	case stopping:
		return svc.Status{State: svc.StopPending, WaitHint: uint32(stopHint / time.Millisecond)}
	}
	return svc.Status{State: svc.Stopped}
}
