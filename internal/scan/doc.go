// Package scan is auto discovery: which objects of a tenant there are, found by scan profiles, and what follows from that (R50–R56).
//
// It owns scan profiles with their daily times, scans with what they read, the objects that were found, and the registration of sites:
// the group of a saved pool becomes site collection administrator of each, which brings the pool into force. What a scan reads comes from
// a Source, which internal/microsoft implements; how rows look is internal/sqlite's business. The accounts are lent by their nouns.
//
// # The states of a scan
//
//	 Begin          TakeUp                 all types read             the end
//	───────▶ waiting ───────▶ running ──────────────────▶ registering ───────▶ finished · exception · failed
//	   │                         │                             │
//	   │ one still runs          │ Stop                        │ Stop
//	   ▼                         ▼                             ▼
//	skipped                   stopping ◀───────────────────────┘ ───────────▶ stopped
//
// A scan is a shift of package run; its grants are the items of a run. A kill leaves at each arrow:
//
//   - Begin: one transaction with the job in the queue and the profile's next time. Either the scan is there with its job, or neither.
//   - running: each page of objects is stored together with where the next one begins, so that the next start goes on behind it. A type
//     that was read to its end is not read again. Objects that a page brings twice are one row, and counted once.
//   - the end of a type: what was not seen is marked gone in steps; a type that is not over yet is marked on by the next start.
//   - Planner data: what is learned of all members of the pool is stored together, once for a scan. Before that, it is asked for anew.
//   - registering: the run of the grants has states of its own; its id lies with the scan before it is handed over.
//   - the end: one transaction with the pool's coming into force.
package scan
