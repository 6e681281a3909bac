package work

import (
	"time"

	"purser.example/internal/profile"
)

// Kind is one sort of work that outlives a request. This file is the one place that says what there is, how much of it goes
// on at once, and what a restart does to it.
type Kind struct {
	Name    string // as River's rows and the log have it
	AtOnce  int    // jobs of this kind at the same time
	Restart string // what becomes of a job that is under way when Purser ends, for docs and the reader
}

// ValidationRun validates many profiles (R11). Its argument is the run's id.
var ValidationRun = Kind{
	Name: "validation_run", AtOnce: 4,
	Restart: "The run goes on with what waits. What was being tried when a process died ends as interrupted and is not repeated, because the attempt may have counted.",
}

// PoolCheck checks the new passwords of an account pool (R43). Its argument is the check's id.
var PoolCheck = Kind{
	Name: "pool_check", AtOnce: 4,
	Restart: "The check goes on with what waits. What was being tried when a process died ends as interrupted and is not repeated, because the attempt may have counted; its password is kept, and a person decides.",
}

// GroupRead reads the members of a group (R41). Its argument is the reading's id. Whoever asked for it has begun at once; the job is
// there for the case that the process ends first.
var GroupRead = Kind{
	Name: "group_read", AtOnce: 16,
	Restart: "The group is read anew from its first member: Microsoft's pages do not outlive the process that asked for them.",
}

// Kinds lists them all.
var Kinds = []Kind{ValidationRun, PoolCheck, GroupRead}

// RunLimits bound what validation runs ask of Microsoft and of this machine. Sixteen sign-ins at once keep a tenant of a
// thousand accounts under twenty seconds at 100 ms an answer, and stay far below what Microsoft throttles; five failures in
// a row are an outage and not chance.
var RunLimits = profile.RunLimits{
	PerTenant: 16, AtOnce: 64, Tries: 3, Failures: 5, Rest: 30 * time.Second, LongestRest: 5 * time.Minute, GiveUp: 10 * time.Minute, Again: time.Second,
	Etiquette: profile.Etiquette{PerAccount: 5, PerTenant: 1000, Jitter: 2 * time.Second},
}

const (
	// poll is how often River looks for jobs: nobody waits longer than that for a run to begin, and an idle Purser stays idle.
	poll = 250 * time.Millisecond
	// patience is how long work that stops may take to come to a good end.
	patience = 10 * time.Second
	// retries is how often a job may fail before it is thrown away. Jobs fail when the database does, which may take long to
	// mend.
	retries = 10_000
	// slowest is the longest time between two tries of a job that fails.
	slowest = time.Minute
)
