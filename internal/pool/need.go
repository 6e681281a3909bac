package pool

import (
	"context"
	"time"
)

// Need is how many members a pool needs for a number of objects (R45): at least seven for every started thousand the first
// time, at least three for every started two thousand later.
type Need struct {
	Objects int // 0: not known
	First   int // the first time that these objects are managed
	Later   int
}

// NeedFor sizes a pool.
func NeedFor(objects int) Need {
	if objects <= 0 {
		return Need{}
	}
	return Need{Objects: objects, First: started(objects, 1000) * 7, Later: started(objects, 2000) * 3}
}

func started(n, of int) int { return (n + of - 1) / of }

// Size is whether a pool has members enough.
type Size struct {
	Need
	FirstTime bool // no version of the pool has been in force yet
	Counts
}

// Needed is how many members are needed now; 0 where the number of objects is not known.
func (s Size) Needed() int {
	if s.FirstTime {
		return s.First
	}
	return s.Later
}

// Enough reports whether the members in order suffice.
func (s Size) Enough() bool { return s.InOrder() >= s.Needed() }

// SizeOf sizes the pool for the members of a reading.
func SizeOf(p Pool, c Counts) Size {
	n, _ := p.Known()
	return Size{Need: NeedFor(n), FirstTime: p.InForce.Number == 0, Counts: c}
}

// Counted is how many objects of a pool's class scans found. The zero Counted is none that was read.
type Counted struct {
	Objects int
	At      time.Time // of the oldest reading in it
}

// Counter is a noun that counts objects.
type Counter interface {
	Counted(ctx context.Context, key Key) (n int, at time.Time, err error)
}

// CountedBy makes the service ask this one how many objects there are. Who counts comes after this noun, so that it is told here, before
// anybody asks.
func (s *Service) CountedBy(c Counter) { s.counter = c }

// Known is how many objects there are as far as anybody knows, and when they were counted; zero for a number that somebody typed. What
// was typed wins only where nothing was counted, or where the pool was saved after the count: whoever typed it then knew the count, and
// a scan after that knows better.
func (p Pool) Known() (n int, counted time.Time) {
	if p.Counted.At.IsZero() || p.Objects > 0 && p.By.At.After(p.Counted.At) {
		return p.Objects, time.Time{}
	}
	return p.Counted.Objects, p.Counted.At
}

// Typed is the pool with a number that somebody types this moment, which no scan is newer than. The number that is stored is not typed.
func (p Pool) Typed(n int) Pool {
	if n != p.Objects {
		p.Objects, p.Counted = n, Counted{}
	}
	return p
}
