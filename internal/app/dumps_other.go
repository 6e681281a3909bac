//go:build !linux

package app

// forbidDumps does nothing here: neither Windows nor macOS writes the memory of a service to the disk unasked.
func forbidDumps() {}
