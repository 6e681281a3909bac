package app

import (
	"os"
	"syscall"
)

// forbidDumps keeps a crash from writing the memory of this process to the disk, where the key and passwords would lie in the clear: no
// core file is written, and a program that the system hands the memory to instead gets none of it. What a machine does not allow is left
// as it is: the unit forbids core files as well.
func forbidDumps() {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_CORE, &limit) == nil {
		limit.Cur = 0
		_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &limit)
	}
	_ = os.WriteFile("/proc/self/coredump_filter", []byte("0"), 0)
}
