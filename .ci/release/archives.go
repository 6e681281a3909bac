package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// entry is what an archive holds, in the order in which it does.
type entry struct {
	name string // ends in a slash: a folder
	mode fs.FileMode
	path string // where the content is
	text []byte // or what it is
	id   int    // of user and group
}

func (e entry) content() ([]byte, error) {
	if e.path == "" {
		return e.text, nil
	}
	return os.ReadFile(e.path)
}

// archives makes one for each platform: the program, its licence and what changed. People expect zip on Windows.
func (r *release) archives() error {
	for _, p := range r.platforms {
		name := "purser-" + r.version + "-" + p.String()
		entries := []entry{
			{name: name + "/", mode: 0o755},
			{name: name + "/CHANGELOG.md", mode: 0o644, path: r.from("CHANGELOG.md")},
			{name: name + "/LICENSE", mode: 0o644, path: r.from("LICENSE")},
			{name: name + "/" + p.program(), mode: 0o755, path: r.program(p)},
		}
		write, suffix := writeTarGz, ".tar.gz"
		if p.os == "windows" {
			write, suffix = writeZip, ".zip"
		}
		if err := toFile(r.to(name+suffix), func(w io.Writer) error { return write(w, r.time, entries) }); err != nil {
			return err
		}
	}
	return nil
}

func toFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

func writeTarGz(w io.Writer, at time.Time, entries []entry) error {
	packed, err := gzip.NewWriterLevel(w, gzip.DefaultCompression)
	if err != nil {
		return err
	}
	return errors.Join(writeTar(packed, at, entries), packed.Close())
}

func writeTar(w io.Writer, at time.Time, entries []entry) error {
	archive := tar.NewWriter(w)
	for _, e := range entries {
		content, err := e.content()
		if err != nil {
			return err
		}
		header := &tar.Header{Name: e.name, Typeflag: tar.TypeReg, Mode: int64(e.mode), Size: int64(len(content)), ModTime: at, Uid: e.id, Gid: e.id, Format: tar.FormatPAX}
		if e.name[len(e.name)-1] == '/' {
			header.Typeflag = tar.TypeDir
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(content); err != nil {
			return err
		}
	}
	return archive.Close()
}

func writeZip(w io.Writer, at time.Time, entries []entry) error {
	archive := zip.NewWriter(w)
	for _, e := range entries {
		content, err := e.content()
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: e.name, Modified: at, Method: zip.Deflate}
		header.SetMode(e.mode)
		if e.name[len(e.name)-1] == '/' {
			header.Method = zip.Store
			header.SetMode(e.mode | fs.ModeDir)
		}
		part, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := part.Write(content); err != nil {
			return err
		}
	}
	return archive.Close()
}

// entriesOf is a folder as an archive holds it, in the order of its names.
func entriesOf(folder string) ([]entry, error) {
	var entries []entry
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		name, err := filepath.Rel(folder, path)
		switch {
		case err != nil:
			return err
		case e.IsDir():
			entries = append(entries, entry{name: filepath.ToSlash(name) + "/", mode: 0o755})
		default:
			entries = append(entries, entry{name: filepath.ToSlash(name), mode: 0o644, path: path})
		}
		return nil
	})
	return entries, err
}
