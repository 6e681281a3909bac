package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"purser.example/internal/sqlite"
)

// dataFolder looks at the folder and its rights, as far as the account that asks may.
func dataFolder(_ context.Context, l *look) []Finding {
	folder := l.cfg.Data
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return only(warning("The data folder "+folder+" is not there. The first start makes it, with a new installation in it.", "If there is an installation already, correct PURSER_DATA."))
	case err != nil:
		return only(wrong("The data folder "+folder+" cannot be looked at: "+reason(err)+".", "Run this command with the account that Purser runs as, or as root."))
	case !info.IsDir():
		return only(wrong("PURSER_DATA is a file, and has to be a folder.", "Set PURSER_DATA to the folder of the database."))
	case sqlite.Refused(folder) != nil:
		return only(wrong("The folder "+folder+" is not Purser's own: other things are in it, and others may look into it.", "Choose a folder for Purser alone."))
	}
	if err := writable(folder); err != nil {
		return only(wrong("The account that runs this command may not write to "+folder+".", "Give the folder to the account that Purser runs as, with mode 700; or run this command with that account."))
	}
	return only(l.owners(folder, info))
}

// owners looks whether the files are the folder's owner's: a copy that was put back by root is not.
func (l *look) owners(folder string, of fs.FileInfo) Finding {
	owner, told := l.Owner(of)
	for _, name := range []string{sqlite.File, sqlite.File + "-wal", sqlite.File + "-shm", "purser.lock"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || !told {
			continue
		}
		if other, _ := l.Owner(info); other != owner {
			return wrong(fmt.Sprintf("%s belongs to account %d, and the data folder to account %d. Purser may not be able to write it.", name, other, owner), "Give the file to the account that Purser runs as, with chown.")
		}
	}
	return ok("The data folder is %s.", folder)
}

func fileSystem(_ context.Context, l *look) []Finding {
	if kind := l.Network(nearest(l.cfg.Data)); kind != "" {
		return only(wrong("The data folder is on a file system of another machine ("+kind+"), where locks and the write-ahead log of the database are not safe.", "Keep the data folder on a disk of this machine."))
	}
	return only(ok("The data folder is on a disk of this machine."))
}

// nearest is the folder, or the first above it that is there.
func nearest(folder string) string {
	for {
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
		above := filepath.Dir(folder)
		if above == folder {
			return folder
		}
		folder = above
	}
}

const (
	mebi = 1 << 20
	// tooLittle is where a write may fail soon; scarce is where someone should look.
	tooLittle = 128 * mebi
	scarce    = 1024 * mebi
)

func disk(_ context.Context, l *look) []Finding {
	space, err := l.Space(nearest(l.cfg.Data))
	if err != nil {
		return only(warning("The free space on the disk of the data folder cannot be told: "+reason(err)+".", "Look at it with df."))
	}
	const remedy = "Free some space, or move the data folder to a larger disk while Purser is stopped."
	left := fmt.Sprintf("%d MiB are free on the disk of the data folder", space.Free/mebi)
	switch {
	case space.Free < tooLittle:
		return only(wrong("The disk is nearly full: "+left+".", remedy))
	case space.Free < scarce:
		return only(warning("The disk is getting full: "+left+".", remedy))
	}
	return only(ok("%s.", left))
}

// reason is the cause of an error without the path, and without what a library put around it.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
