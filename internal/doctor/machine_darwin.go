package doctor

import (
	"slices"

	"golang.org/x/sys/unix"
)

func networkOf(folder string) string {
	var s unix.Statfs_t
	if unix.Statfs(folder, &s) != nil {
		return ""
	}
	kind := unix.ByteSliceToString(s.Fstypename[:])
	if slices.Contains([]string{"nfs", "smbfs", "afpfs", "webdav"}, kind) {
		return kind
	}
	return ""
}
