package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// lockedByte is the byte that the lock is on. Locks keep everybody else from reading and writing what they cover on Windows, so it lies where
// neither file will ever have one: SQLite's own lie at one gigabyte, and a database of Purser's ends long before this.
const lockedByte = 1 << 30 // of the upper half of the offset

// hold takes the lock of a file, alone or together with others who do not want it alone. It returns errHeld instead of waiting. The
// system lets go of it when the file is closed or the process dies.
func hold(f *os.File, alone bool) error {
	how := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if alone {
		how |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &windows.Overlapped{OffsetHigh: lockedByte})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return errHeld
	}
	return err
}

// makeFolder makes the folder for the account that Purser runs as, the system and the administrators only; what it will hold inherits that.
// A folder that exists stays as its owner made it: Windows' access lists say more than can be judged here.
func makeFolder(folder string) error {
	_, err := os.Stat(folder)
	if !errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(folder, 0o700) // an error where it is a file
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("find the account that Purser runs as: %w", err)
	}
	descriptor, err := windows.SecurityDescriptorFromString("D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" + user.User.Sid.String() + ")")
	if err != nil {
		return fmt.Errorf("write the access list of %s: %w", folder, err)
	}
	list, _, err := descriptor.DACL()
	if err != nil {
		return fmt.Errorf("write the access list of %s: %w", folder, err)
	}
	what := windows.SECURITY_INFORMATION(windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION)
	if err := windows.SetNamedSecurityInfo(folder, windows.SE_FILE_OBJECT, what, nil, nil, list, nil); err != nil {
		return fmt.Errorf("keep others out of %s: %w", folder, err)
	}
	return nil
}

// openToOthers reports false: the modes that Go shows on Windows say nothing about others.
func openToOthers(fs.FileInfo) bool { return false }

// tighten does nothing: a file inherits the access list of the folder.
func tighten(string, fs.FileMode) error { return nil }

// FlushFolder does nothing: NTFS keeps its folders in a journal of its own, and lets nobody flush one.
func FlushFolder(string) error { return nil }

// giveTo does nothing: where rights are inherited from the folder, whoever works in it can read the file.
func giveTo(*os.File, string) error { return nil }
