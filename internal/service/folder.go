package service

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// settingsText is the file of settings that an installation begins with. FOLDER stands for the folder that it lies in.
//
//go:embed settings.txt
var settingsText string

// ours is what the folder of an installation holds.
var ours = []string{"client-secret", "codes.tsv", "data", "key", "settings", "tls-cert.pem", "tls-key.pem"}

// forPurserAlone refuses a folder that holds other things as well, such as the root of a disk: the folder of an installation is closed to
// everybody else.
func forPurserAlone(folder, settings string) error {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if !slices.Contains(ours, e.Name()) && e.Name() != filepath.Base(settings) {
			return fmt.Errorf("%s holds other things, such as %s; choose a folder for Purser alone", folder, e.Name())
		}
	}
	return nil
}

// furnish puts into the folder of an installation what Purser needs to be set up: a key and a file of settings. What is there already stays
// as it is. Without a key beside a database there is none made either: nothing would open with it what the lost one sealed.
func furnish(folder, settings, newKey string) error {
	key := filepath.Join(folder, "key")
	if _, err := os.Stat(filepath.Join(folder, "data", "purser.db")); errors.Is(err, fs.ErrNotExist) {
		if err := unlessThere(key, newKey+"\r\n"); err != nil {
			return fmt.Errorf("make a key: %w", err)
		}
	}
	text := strings.ReplaceAll(strings.ReplaceAll(settingsText, "FOLDER", folder), "\n", "\r\n")
	if err := unlessThere(settings, text); err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	return nil
}

// unlessThere writes a file, unless there is one.
func unlessThere(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
