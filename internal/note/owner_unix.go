//go:build unix

package note

import (
	"os"
	"syscall"
)

// giveTo makes a file belong to whoever a folder belongs to. Only root can, and only root has to.
func giveTo(f *os.File, folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return f.Chown(int(owner.Uid), int(owner.Gid))
}
