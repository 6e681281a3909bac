package doctor

import (
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/windows"
)

func spaceOf(folder string) (s Space, err error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return Space{}, err
	}
	err = windows.GetDiskFreeSpaceEx(name, &s.Free, &s.Total, nil)
	return s, err
}

func networkOf(folder string) string {
	full, err := filepath.Abs(folder)
	if err != nil {
		return ""
	}
	root, err := windows.UTF16PtrFromString(filepath.VolumeName(full) + `\`)
	if err == nil && windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return "network drive"
	}
	return ""
}

// writable reports nothing: access lists say more than can be judged here.
func writable(string) error { return nil }

func ownerOf(fs.FileInfo) (int, bool) { return 0, false }
