// Command lighter prepares what Purser is delivered with in place of two libraries: copies of them that look no method up by a name that is
// known only while the program runs (docs/decisions/0021-size.md).
//
// As long as one function of a program does that, the linker keeps every exported method of every type that is used, because anyone might ask
// for it: 3.2 MB of Purser. The command line's library asks for the hooks and commands by a handful of names, and here names them; that of
// the demo's provider fills in a page by a template that no client of the demo asks for, and here doesn't.
//
// It writes below the folder .tools/lighter of the source: the copies, and a go.mod with its go.sum that has them in place of the libraries,
// for `go build -modfile`. Where a library is not as it was when its change was written, it says so and writes nothing.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	source := flag.String("source", ".", "the folder of Purser's source")
	flag.Parse()
	if err := prepare(*source); err != nil {
		fmt.Fprintln(os.Stderr, "lighter:", err)
		os.Exit(1)
	}
}

// prepare writes all below .tools/lighter of the source, unless it is there as it would be written. Who builds meanwhile sees what was there
// before, or all of what is new.
func prepare(source string) error {
	to := filepath.Join(source, ".tools", "lighter")
	stamp, err := stampOf(source)
	if err != nil || holds(to, stamp) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(to), "lighter-")
	if err != nil {
		return err
	}
	err = fill(source, fresh, stamp)
	if err == nil {
		err = errors.Join(os.Chmod(fresh, 0o755), os.RemoveAll(to))
	}
	if err == nil {
		err = os.Rename(fresh, to)
	}
	if err != nil && holds(to, stamp) { // somebody else was faster
		err = nil
	}
	return errors.Join(err, os.RemoveAll(fresh))
}

// stampOf tells what is written from every other: what the program is made of, and what is changed in it.
func stampOf(source string) (string, error) {
	sum := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", err
		}
		sum.Write(text)
	}
	fmt.Fprintf(sum, "%v", libraries)
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func holds(folder, stamp string) bool {
	text, err := os.ReadFile(filepath.Join(folder, "stamp"))
	return err == nil && string(text) == stamp
}

// fill writes all into a folder that will be called .tools/lighter.
func fill(source, to, stamp string) error {
	args := []string{"mod", "edit"}
	for _, l := range libraries {
		if err := l.write(source, filepath.Join(to, l.name)); err != nil {
			return fmt.Errorf("%s, which .ci/lighter changes: %w", l.module, err)
		}
		args = append(args, "-replace="+l.module+"=./.tools/lighter/"+l.name)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), text, 0o644); err != nil {
			return err
		}
	}
	if _, err := run(to, append(args, "go.mod")...); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "stamp"), []byte(stamp), 0o644)
}

// write copies what of the library is compiled, and changes it.
func (l library) write(source, to string) error {
	from, err := run(source, "list", "-m", "-f", "{{.Dir}}", l.module)
	if err != nil {
		return err
	}
	if from == "" {
		if _, err := run(source, "mod", "download", l.module); err != nil {
			return err
		}
		if from, err = run(source, "list", "-m", "-f", "{{.Dir}}", l.module); err != nil {
			return err
		}
	}
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if text, err = l.changed(filepath.ToSlash(name), text); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o644)
	})
}

// changed is the text of a file with its changes. The first line says that there are some, as licences ask for.
func (l library) changed(name string, text []byte) ([]byte, error) {
	changes, there := l.files[name]
	if !there {
		return text, nil
	}
	now := string(text)
	for _, c := range changes {
		if n := strings.Count(now, c.from); n != c.times {
			return nil, fmt.Errorf("%s has %q %d times, and not %d", name, c.from, n, c.times)
		}
		now = strings.ReplaceAll(now, c.from, c.to)
	}
	return []byte("// Changed for Purser by .ci/lighter.\n\n" + now), nil
}

// run runs the go command in a folder, without what a machine's settings or the caller's flags would change.
func run(folder string, args ...string) (string, error) {
	command := exec.Command("go", args...)
	command.Dir, command.Env = folder, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := command.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", errors.Join(err, errors.New(string(failed.Stderr)))
	}
	return strings.TrimSpace(string(out)), err
}
