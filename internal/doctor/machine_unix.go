//go:build unix

package doctor

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"
)

func spaceOf(folder string) (Space, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return Space{}, err
	}
	block := uint64(s.Bsize) //nolint:gosec // A block has no length below zero.
	return Space{Free: uint64(s.Bavail) * block, Total: uint64(s.Blocks) * block}, nil
}

// writable reports why this account may not write to a folder.
func writable(folder string) error { return unix.Access(folder, unix.W_OK|unix.X_OK) }

func ownerOf(info fs.FileInfo) (int, bool) {
	known, told := info.Sys().(*syscall.Stat_t)
	if !told {
		return 0, false
	}
	return int(known.Uid), true
}
