// Package disk is a disk between SQLite and its files that can lose its power, and fail. A drill builds it into Purser, where it stands below
// the database in one folder:
//
//   - What is written stays in this process until it is flushed, as in the cache of an operating system. Of each write, every sector of 512
//     bytes reaches the file at once with a chance of a half, in no order. So kill -9 leaves what a power cut would leave: all that was
//     flushed, and half of the rest.
//   - A file beside the folder says what fails: writes, flushes, room, or the right to write. It is read anew each time, so that a drill
//     breaks the disk and mends it while Purser works.
//   - It can lie about flushes, for the positive control: then what was acknowledged is lost.
//
// Files come into being and go at once, as if their folder had been flushed.
package disk

import "os"

// The environment that a drill sets.
const (
	Folder = "PURSER_DRILL_FOLDER" // the data folder; not set: there is no such disk
	Lies   = "PURSER_DRILL_LIES"   // the ending of the names of files whose flushes do nothing, such as "-wal"; "*" for all
)

// Fault is what a file of this name beside the folder, "FOLDER.fault", says.
type Fault string

// The ways to fail.
const (
	None     Fault = ""
	Write    Fault = "write"     // an input/output error at each write
	Flush    Fault = "flush"     // an input/output error at each flush, after which the system takes what it had for written, as Linux does
	Full     Fault = "full"      // there is no room
	ReadOnly Fault = "read-only" // the file system was mounted anew, for reading
)

// FaultFile is where the fault of a folder is told.
func FaultFile(folder string) string { return folder + ".fault" }

func fault() Fault {
	text, err := os.ReadFile(FaultFile(os.Getenv(Folder)))
	if err != nil {
		return None
	}
	return Fault(text)
}
