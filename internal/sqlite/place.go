package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// partPattern are the names of databases that are not whole yet.
const partPattern = File + ".*.part"

// Place puts a database into a data folder that has none, with what write writes to a file. The database has its name only after it is
// on the disk whole, and belongs to whoever the folder belongs to. Until then nobody else can work in the folder: not even after this process
// dies half-way, because the lock file says by then that the installation is missed. Nothing is left of a failure.
//
// It refuses a folder that a Purser works in (ErrLocked), and one that holds anything (ErrFolder) but what such a failure left, or the lock
// file of the same installation.
func Place(folder, installation string, write func(*os.File) error) (err error) {
	if err := Vacant(folder); err != nil {
		return err
	}
	_, none := os.Stat(folder)
	if err := prepareFolder(folder); err != nil {
		return err
	}
	if errors.Is(none, fs.ErrNotExist) {
		defer func() {
			if err != nil {
				_ = os.Remove(folder)
			}
		}()
	}
	file, err := lockedFile(filepath.Join(folder, lockName))
	if err != nil {
		return err
	}
	held := &lock{file: file}
	if err := vacant(folder, installation); err != nil { // once more: nobody can come in between from here on
		return errors.Join(err, held.release())
	}
	return held.place(folder, installation, write)
}

// place puts the database into a folder that is held, and lets go of it.
func (l *lock) place(folder, installation string, write func(*os.File) error) error {
	_, before := readLock(l.file)
	err := l.write(installation)
	if err == nil {
		err = errors.Join(giveTo(l.file, folder), put(folder, write))
	}
	if err != nil && before == "" {
		err = errors.Join(err, l.file.Truncate(0), os.Remove(l.file.Name()))
	}
	return errors.Join(err, l.release())
}

// Vacant reports why a database cannot be put into a folder, whatever its installation; nil where it can. The errors are those of Place.
func Vacant(folder string) error {
	if InUse(folder) {
		return ErrLocked
	}
	return vacant(folder, "")
}

// vacant refuses a folder that holds what a database that is put there must not come to lie beside. Empty is any installation.
func vacant(folder, installation string) error {
	names, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFolder, err)
	}
	for _, entry := range names {
		name := entry.Name()
		if name == lockName {
			if there, _ := lookAtLock(filepath.Join(folder, name)); installation != "" && there != "" && there != installation {
				return fmt.Errorf("%w: %s is of another installation (%q, and the backup is of %q); move the folder away", ErrFolder, folder, there, installation)
			}
			continue
		}
		if part, _ := filepath.Match(partPattern, name); !part {
			return fmt.Errorf("%w: %s is not empty (it holds %s); a backup is restored into an empty folder only. Move what is there away", ErrFolder, folder, name)
		}
	}
	return nil
}

// put writes the database, whole or not at all.
func put(folder string, write func(*os.File) error) (err error) {
	if err := removeParts(folder); err != nil {
		return err
	}
	part, err := os.CreateTemp(folder, partPattern) // of mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name())
		}
	}()
	if err := errors.Join(write(part), giveTo(part, folder), part.Sync(), part.Close()); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), filepath.Join(folder, File)); err != nil {
		return err
	}
	return FlushFolder(folder)
}

// leftByPlace reports whether a file is what Place may leave where its process dies.
func leftByPlace(name string) bool {
	part, _ := filepath.Match(partPattern, name)
	return part || name == lockName
}

// removeParts removes what a process left that died.
func removeParts(folder string) error {
	names, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range names {
		if part, _ := filepath.Match(partPattern, entry.Name()); part {
			err = errors.Join(err, os.Remove(filepath.Join(folder, entry.Name())))
		}
	}
	return err
}
