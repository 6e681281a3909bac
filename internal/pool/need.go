package pool

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
	return Size{Need: NeedFor(p.Objects), FirstTime: p.InForce.Number == 0, Counts: c}
}
