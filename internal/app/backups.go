package app

import (
	"errors"
	"path/filepath"
	"time"

	"purser.example/internal/backup"
	"purser.example/internal/config"
	"purser.example/internal/metrics"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// backupEvery is how often it is looked whether it is time for a backup: times are by the minute.
const backupEvery = 15 * time.Second

// scheduledBackups are those that Purser makes by itself; nil where none are wanted (R65).
func (a *App) scheduledBackups(keepers []secret.Keeper, o Options) *backup.Scheduled {
	b := a.cfg.Backup
	if b.Dir == "" {
		return nil
	}
	daily := scan.Schedule{Daily: true, Minute: b.Minute, Zone: b.Zone}
	return backup.NewScheduled(backup.Parts{
		Shelf: ShelfOf(a.cfg), Keep: b.Keep,
		Next:   func(after time.Time) time.Time { return daily.Next(after, time.Time{}) },
		Source: a.DB.Copy, Record: a.DB.Record,
		Options: backup.Options{Keys: keepers, Program: o.Version, Now: o.Now}, Log: o.Log,
	})
}

// ShelfOf is where the scheduled backups of the installation in the data folder are.
func ShelfOf(cfg config.Config) backup.Shelf {
	return backup.Shelf{Folder: cfg.Backup.Dir, Installation: sqlite.InstallationOf(cfg.Data)}
}

// ReplicaOf is the continuous copy of the installation in the data folder.
func ReplicaOf(cfg config.Config) backup.Replica {
	return backup.Replica{Folder: cfg.Backup.Replica, Database: filepath.Join(cfg.Data, sqlite.File)}
}

// copies has the metrics tell how old the copies of the database are.
func (a *App) copies(s *metrics.Sources) {
	if a.backups != nil {
		s.Failed = a.backups.Failures
		s.Copies = append(s.Copies, metrics.Copy{Kind: "backup", Newest: func() (time.Time, error) {
			newest, err := a.backups.Newest(s.Now())
			return newest.Made, err
		}})
	}
	if a.cfg.Backup.Replica != "" {
		s.Copies = append(s.Copies, metrics.Copy{Kind: "replica", Newest: func() (time.Time, error) {
			through, err := ReplicaOf(a.cfg).Through(s.Now())
			if errors.Is(err, backup.ErrNoReplica) {
				err = nil
			}
			return through, err
		}})
	}
}
