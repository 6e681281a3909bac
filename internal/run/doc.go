// Package run is work on many: what outlives the request that began it, goes on behind the pages, can be watched and cancelled,
// and survives a restart (R11, R43).
//
// It has two layers. A Shift is this process working on something that has an id: one call at a time has it, others wait for it
// or watch it, somebody may cancel it, and a stop hands it back. Whatever is worked on by id uses shifts; readings of groups
// use nothing else. On shifts stands a Run of items: accounts that are tried one by one, each with an outcome that is kept.
//
// What an item is, how it is tried, what its outcome stores and what all of it is called is told by a Kind, a small file in the
// noun that the items belong to. This package knows when, in which order and how often.
//
// # The states of a run
//
//	 Begin                HandOver              TakeUp
//	───────▶ preparing ───────────▶ waiting ───────────▶ running ───▶ finished ──┐
//	             │                     │                    │                    │ Reopen, of a kind
//	             │ abandoned           │ Cancel             │ Cancel             │ whose items hold values
//	             │                     ▼                    ▼                    │
//	             └──────────────▶ cancelled ◀────────── cancelling              (waiting)
//
// A kill leaves at each arrow:
//
//   - Begin, while items are added: a run that is preparing. Nobody was told of it; Recover ends it at the next start.
//   - HandOver: one transaction with the job in the queue. Either the run is still preparing, or its job is there.
//   - TakeUp: the run waits or runs; either way its job is still in the queue, and the next start takes it up.
//   - running: items that wait are tried by the next start. An item that was being tried ends as interrupted, see below.
//   - Cancel: the state is on the disk before anybody is told to stop. The next start drops what waits and ends the run.
//   - the end: all items have their outcome, the state is not written. The next start finds nothing to do and writes it.
//   - Reopen: one transaction for the state and the job. Items are opened before it, a few at a time; those that are open
//     already while the run is over are tried when it is opened again.
//
// # The way of an item
//
//	          Try                     the answer
//	waiting ───────▶ trying ─────────────────────▶ confirmed · warned · rejected · not-reached
//	   │  ▲             │                 │
//	   │  └─────────────│─────────────────┘ Microsoft asked to come back, a few times
//	   │                └── the process ended ──▶ interrupted
//	   ├── passed over, for a Reason ───────────▶ skipped
//	   ├── Do, for what is no sign-in ──────────▶ confirmed · rejected · not-reached · skipped
//	   ├── no hope for the tenant ──────────────▶ not-reached
//	   └── the run was cancelled ───────────────▶ dropped
//
// Try is on the disk, together with the entry in the activity log, before the password leaves. Whoever finds an item as trying
// while nobody works on it knows that its end was not seen: the attempt may have counted at Microsoft, so it is interrupted
// and never repeated by itself. An answer is stored in one transaction with what the kind stores of it.
//
// What a kind does about its items need not be a sign-in (Task.Do): the grant of a right to a group, say. That is no attempt and counts
// towards no lockout, and it comes to the same when it is done twice. So it is not marked as being tried: whatever the end of the process
// cut off still waits, and is done again.
//
// An item may hold a sealed value that waits for its outcome, such as a new password. It is kept until it was confirmed or
// rejected, or until another one replaces it; so an outage costs nobody what they typed.
package run
