//go:build root

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// machine is a root of its own.
type machine struct {
	t    *testing.T
	root string
}

// bare is a root with nothing in it.
func bare(t *testing.T) *machine {
	t.Helper()
	folder, err := os.MkdirTemp("", "pr-") // shorter than t.TempDir: a socket's path may not be long
	must(t, err)
	m := &machine{t: t, root: filepath.Join(folder, "r")}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	must(t, os.MkdirAll(m.root, 0o755))
	m.mount("tmpfs", m.root, "tmpfs", 0, "mode=0755")
	return m
}

// clean is this machine's system without Purser, below a layer that takes whatever is written. systemd does not run in it; in the place of
// systemctl is a program that notes what it is told.
func clean(t *testing.T) *machine {
	t.Helper()
	m := bare(t)
	layers, root := m.root, filepath.Join(m.root, "root")
	for _, name := range []string{"upper", "work", "root"} {
		must(t, os.MkdirAll(filepath.Join(layers, name), 0o755))
	}
	m.root = root
	m.mount("overlay", root, "overlay", 0, fmt.Sprintf("lowerdir=/,upperdir=%s/upper,workdir=%s/work", layers, layers))
	m.mount("proc", root+"/proc", "proc", 0, "")
	m.mount("/dev", root+"/dev", "", syscall.MS_BIND|syscall.MS_REC, "")
	m.mount("tmpfs", root+"/run", "tmpfs", 0, "mode=0755")
	must(t, os.MkdirAll(root+"/run/systemd/system", 0o755))
	for _, path := range []string{"/etc/purser", "/var/lib/purser", "/usr/bin/purser", "/usr/bin/systemctl"} {
		must(t, os.RemoveAll(root+path))
	}
	_, _ = m.run("/usr/sbin/userdel", "purser") // where this machine has one
	must(t, os.WriteFile(root+"/usr/bin/systemctl", []byte("#!/bin/sh\necho \"$*\" >>/run/told\n"), 0o755))
	return m
}

// mount mounts, and takes the mount away at the end, in the order that mounts want.
func (m *machine) mount(what, where, kind string, flags uintptr, data string) {
	m.t.Helper()
	if err := syscall.Mount(what, where, kind, flags, data); err != nil {
		m.t.Fatalf("mount %s on %s: %v", what, where, err)
	}
	m.t.Cleanup(func() { _ = syscall.Unmount(where, syscall.MNT_DETACH) })
}

// keepWritable gives folders a file system of their own, with their owners, before the root is closed.
func (m *machine) keepWritable(t *testing.T, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		path := filepath.Join(m.root, folder)
		info, err := os.Stat(path)
		must(t, err)
		owner := info.Sys().(*syscall.Stat_t)
		m.mount("tmpfs", path, "tmpfs", 0, fmt.Sprintf("mode=%o,uid=%d,gid=%d", info.Mode().Perm(), owner.Uid, owner.Gid))
	}
}

// run runs a program in the root.
func (m *machine) run(words ...string) (string, error) {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir, cmd.Env = "/", []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", "HOME=/"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: m.root}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// does runs a program that is to succeed.
func (m *machine) does(words ...string) string {
	m.t.Helper()
	out, err := m.run(words...)
	if err != nil {
		m.t.Fatalf("%q: %v\n%s", words, err, out)
	}
	return out
}

// as is a program in the root that a user runs who has no other right.
func (m *machine) as(user uint32, env []string, words ...string) *exec.Cmd {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir, cmd.Env = "/", append([]string{}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: m.root, Credential: &syscall.Credential{Uid: user, Gid: user, Groups: []uint32{}}}
	return cmd
}

func (m *machine) read(path string) string {
	m.t.Helper()
	content, err := os.ReadFile(m.root + path)
	must(m.t, err)
	return string(content)
}

func (m *machine) write(path, text string) {
	m.t.Helper()
	must(m.t, os.WriteFile(m.root+path, []byte(text), 0o600))
}

func (m *machine) has(path string) bool {
	_, err := os.Lstat(m.root + path)
	return err == nil
}

// told is what systemctl was told since it was asked last.
func (m *machine) told() string {
	if !m.has("/run/told") {
		return ""
	}
	text := m.read("/run/told")
	must(m.t, os.Remove(m.root+"/run/told"))
	return text
}

// rights are mode, user and group of a file.
func (m *machine) rights(path string) string {
	m.t.Helper()
	info, err := os.Lstat(m.root + path)
	must(m.t, err)
	owner := info.Sys().(*syscall.Stat_t)
	return fmt.Sprintf("%04o %d:%d", info.Mode().Perm(), owner.Uid, owner.Gid)
}

// service is a Purser that runs.
type service struct {
	cmd *exec.Cmd
	log bytes.Buffer
	end chan error
}

// start starts it as systemd starts a service of Type=notify, and waits until it says that it is ready.
func (m *machine) start(t *testing.T, cmd *exec.Cmd) *service {
	t.Helper()
	socket := filepath.Join(m.root, "run", "n")
	_ = os.Remove(socket)
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	must(t, err)
	defer func() { _ = systemd.Close() }()
	must(t, os.Chmod(socket, 0o777))
	s := &service{cmd: cmd, end: make(chan error, 1)}
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET=/run/n")
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	go func() { s.end <- cmd.Wait(); _ = systemd.SetReadDeadline(time.Now()) }()
	must(t, systemd.SetReadDeadline(time.Now().Add(2*time.Minute)))
	message := make([]byte, 100)
	n, err := systemd.Read(message)
	if err != nil || string(message[:n]) != "READY=1" {
		_ = cmd.Process.Kill()
		<-s.end
		t.Fatalf("systemd heard %q, %v\n%s", message[:n], err, &s.log)
	}
	return s
}

// stop ends it, and gives what it said.
func (s *service) stop(t *testing.T) string {
	t.Helper()
	must(t, s.cmd.Process.Signal(syscall.SIGTERM))
	if err := <-s.end; err != nil {
		t.Errorf("%v\n%s", err, &s.log)
	}
	return s.log.String()
}

// answers asks for its health, as anybody would.
func (s *service) answers(t *testing.T, address string) {
	t.Helper()
	for _, path := range []string{"/healthz", "/readyz"} {
		answer, err := (&http.Client{Timeout: 20 * time.Second}).Get("http://" + address + path)
		must(t, err)
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}

// byUnit is the program as the installed unit starts it, with what the unit gives it: credentials, settings, folder, user, no rights.
func (m *machine) byUnit(t *testing.T) *exec.Cmd {
	t.Helper()
	var unit []string
	for line := range strings.Lines(m.read("/usr/lib/systemd/system/purser.service")) {
		unit = append(unit, strings.TrimSpace(line))
	}
	of := func(directive string) (values []string) {
		for _, line := range unit {
			if value, found := strings.CutPrefix(line, directive+"="); found && value != "" {
				values = append(values, strings.ReplaceAll(value, "%d", "/run/credentials"))
			}
		}
		return values
	}
	user := of("User")[0]
	m.does("install", "-d", "-m", "0500", "-o", user, "/run/credentials")
	for _, credential := range of("LoadCredential") {
		name, path, _ := strings.Cut(credential, ":")
		m.does("install", "-m", "0400", "-o", user, path, "/run/credentials/"+name)
	}
	m.does("install", "-d", "-m", of("StateDirectoryMode")[0], "-o", user, "-g", of("Group")[0], "/var/lib/"+of("StateDirectory")[0])
	env := of("Environment")
	for _, path := range of("EnvironmentFile") {
		env = append(env, slices.DeleteFunc(strings.Split(m.read(path), "\n"), func(line string) bool { return line == "" || line[0] == '#' })...)
	}
	words := append([]string{"/usr/bin/setpriv", "--reuid", user, "--regid", of("Group")[0], "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--"}, strings.Fields(of("ExecStart")[0])...)
	cmd := exec.Command("/bin/sh", append([]string{"-c", `umask ` + of("UMask")[0] + `; exec "$@"`, "sh"}, words...)...)
	cmd.Dir, cmd.Env = "/", env
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: m.root}
	return cmd
}

// unpack unpacks the image for a processor into the root, and gives its configuration.
func (m *machine) unpack(t *testing.T, path, arch string) v1.Config {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer func() { _ = f.Close() }()
	files := contents(t, f)
	blob := func(into any, d v1.Descriptor) {
		t.Helper()
		must(t, json.Unmarshal(files["blobs/"+d.Digest.Algorithm+"/"+d.Digest.Hex], into))
	}
	var outer, inner v1.IndexManifest
	must(t, json.Unmarshal(files["index.json"], &outer))
	blob(&inner, outer.Manifests[0])
	i := slices.IndexFunc(inner.Manifests, func(d v1.Descriptor) bool { return d.Platform.Architecture == arch })
	if i < 0 || len(inner.Manifests) != 2 {
		t.Fatalf("images: %+v", inner.Manifests)
	}
	var manifest v1.Manifest
	blob(&manifest, inner.Manifests[i])
	var config v1.ConfigFile
	blob(&config, manifest.Config)
	layer, err := gzip.NewReader(bytes.NewReader(files["blobs/sha256/"+manifest.Layers[0].Digest.Hex]))
	must(t, err)
	unpack := exec.Command("tar", "--extract", "--numeric-owner", "--same-owner", "--same-permissions", "--directory", m.root)
	unpack.Stdin = layer
	if said, err := unpack.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return config.Config
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = ln.Close() }()
	return "127.0.0.1:" + strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
}
