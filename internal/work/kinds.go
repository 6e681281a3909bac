package work

import (
	"context"
	"time"

	"purser.example/internal/run"
)

// Do carries out the job with this id. run.ErrHandedBack hands it back for the next start; any other error has it tried again.
type Do func(ctx context.Context, id string) error

// Kind is one sort of work that outlives a request: how much of it goes on at once, and what a restart does to it.
type Kind struct {
	Name    string // as River's rows and the log have it
	AtOnce  int    // jobs of this kind at the same time
	Restart string // what becomes of a job that is under way when Purser ends, for docs and the reader
	Do      Do
}

// Runs is a kind of run as work. Its jobs' ids are those of runs.
func Runs(name string, runs *run.Service) Kind {
	return Kind{
		Name: name, AtOnce: 4, Do: func(ctx context.Context, id string) error { return runs.Work(ctx, run.ID(id)) },
		Restart: "The run goes on with what waits. What was being tried when a process died ends as interrupted and is not repeated, because the attempt may have counted; a value that it held is kept, and a person decides.",
	}
}

// Net is work that whoever asks for it begins at once, and whose job is there only for the case that the process ends first.
func Net(name string, do Do) Kind {
	return Kind{Name: name, AtOnce: 16, Do: do, Restart: "It is done anew from its beginning: Microsoft's pages do not outlive the process that asked for them."}
}

// Local is work on what this machine has, one at a time.
func Local(name string, do Do) Kind {
	return Kind{Name: name, AtOnce: 1, Do: do, Restart: "It is done anew from its beginning: it only reads."}
}

// KeyChange is the change of the key as work.
func KeyChange(name string, do Do) Kind {
	return Kind{Name: name, AtOnce: 1, Do: do, Restart: "It goes on with what is not sealed anew yet. Either key opens the database until it is over."}
}

// Scans is a scan as work. Its jobs' ids are those of scans.
func Scans(name string, do Do) Kind {
	return Kind{
		Name: name, AtOnce: 4, Do: do,
		Restart: "The scan goes on behind the last page that was stored. Types that were read to their end are not read again, and sites that are registered are not registered again; it signs in once more.",
	}
}

const (
	// poll is how often River looks for jobs: nobody waits longer than that for a run to begin, and an idle Purser stays idle.
	poll = 250 * time.Millisecond
	// stopWithin is how long work that stops may take to come to a good end.
	stopWithin = 10 * time.Second
	// retries is how often a job may fail before it is thrown away. Jobs fail when the database does, which may take long to
	// mend.
	retries = 10_000
	// slowest is the longest time between two tries of a job that fails.
	slowest = time.Minute
)
