package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/backup"
	"purser.example/internal/config"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

type backupCommand struct {
	File string `arg:"" type:"path" help:"The file to write."`
	Data string `help:"Folder of the database. Default: PURSER_DATA."`
}

func (c backupCommand) Run(ctx context.Context, s streams) error {
	folder, keepers, err := folderAndKeepers(c.Data)
	if err != nil {
		return err
	}
	if config.Inside(folder, filepath.Dir(c.File)) {
		return config.Mistakes{"the backup must not be inside the data folder; name a file in another folder, best on another disk"}
	}
	source := func(ctx context.Context, to string) (map[string]int64, error) {
		return sqlite.CopyFile(ctx, folder, to)
	}
	written, err := backup.Write(ctx, source, c.File, backup.Options{Keys: keepers, Program: version, Now: time.Now})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "backed up to %s\n", written)
	return err
}

type restoreCommand struct {
	File string `arg:"" type:"path" help:"The backup: a file that purser backup or a scheduled backup wrote, or another whole copy of the database."`
	Data string `help:"Folder to restore into. Default: PURSER_DATA."`
}

func (c restoreCommand) Run(ctx context.Context, s streams) error {
	folder, keepers, err := folderAndKeepers(c.Data)
	if err != nil {
		return err
	}
	restored, err := backup.Restore(ctx, c.File, folder, keepers...)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "restored from %s\nto %s; start Purser now\n", restored, filepath.Join(folder, sqlite.File))
	return err
}

// folderAndKeepers are the data folder and the keys, as the settings say: the key, and the one that is to take its place, or has just done so. A
// folder that is given takes the place of the setting.
func folderAndKeepers(given string) (folder string, keepers []secret.Keeper, err error) {
	cfg, err := config.LoadFolder(os.Environ(), given)
	if err != nil {
		return "", nil, err
	}
	keepers, err = app.Keepers(cfg)
	return cfg.Data, keepers, err
}
