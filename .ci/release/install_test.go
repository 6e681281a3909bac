//go:build root

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/rpm"
)

// manager is dpkg or rpm.
type manager struct {
	packager nfpm.Packager
	pattern  string
	install  []string // and the path of the package
	upgrade  []string
	remove   []string
	purge    []string // nil: there is no such thing
}

var managers = map[string]manager{
	"deb": {
		packager: deb.Default, pattern: "purser_*_amd64.deb",
		install: []string{"/usr/bin/dpkg", "--install"}, upgrade: []string{"/usr/bin/dpkg", "--install"},
		remove: []string{"/usr/bin/dpkg", "--remove", "purser"}, purge: []string{"/usr/bin/dpkg", "--purge", "purser"},
	},
	"rpm": { // on Debian, so that rpm knows of nothing that packages may need
		packager: rpm.DefaultRPM, pattern: "purser-*.x86_64.rpm",
		install: []string{"/usr/bin/rpm", "--install", "--nodeps"}, upgrade: []string{"/usr/bin/rpm", "--upgrade", "--nodeps"},
		remove: []string{"/usr/bin/rpm", "--erase", "--nodeps", "purser"},
	},
}

// R80: a package is installed, set up, started by its unit, upgraded, removed and purged; what Purser keeps, and the key, stay as they are
// all the time.
func TestPackagesAreInstalledUpgradedAndRemoved(t *testing.T) {
	for name, with := range managers {
		t.Run(name, func(t *testing.T) {
			m := clean(t)
			m.install(with)
			address := m.setUp()
			if log := m.serves(t, address); !strings.Contains(log, "a new installation was made") {
				t.Errorf("the first start made no installation:\n%s", log)
			}
			key, settings, database := m.read("/etc/purser/key"), m.read("/etc/purser/settings"), m.rights("/var/lib/purser/purser.db")
			m.upgrade(with)
			if log := m.serves(t, address); strings.Contains(log, "a new installation was made") {
				t.Errorf("the upgrade lost the data:\n%s", log)
			}
			kept := func(after string) {
				t.Helper()
				if m.read("/etc/purser/key") != key || m.rights("/var/lib/purser/purser.db") != database || m.rights("/etc/purser/client-secret") != "0600 0:0" {
					t.Errorf("%s took something away", after)
				}
			}
			kept("the upgrade")
			if m.read("/etc/purser/settings") != settings {
				t.Error("the upgrade changed the settings")
			}
			m.remove(with, kept)
		})
	}
}

func (m *machine) install(with manager) {
	m.t.Helper()
	said := m.brought(made(m.t, with.pattern), with.install)
	for path, want := range map[string]string{
		"/usr/bin/purser": "0755 0:0", "/usr/lib/systemd/system/purser.service": "0644 0:0", "/usr/lib/systemd/system/purser-litestream.service": "0644 0:0",
		"/etc/purser": "0700 0:0", "/etc/purser/key": "0600 0:0", "/etc/purser/settings": "0644 0:0", "/etc/purser/litestream.yml": "0644 0:0",
	} {
		if got := m.rights(path); got != want {
			m.t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if !strings.HasPrefix(m.read("/etc/purser/key"), "pk1_") || !strings.Contains(said, "Put a copy of it elsewhere") {
		m.t.Errorf("the key is not said:\n%s", said)
	}
	if got := m.told(); got != "daemon-reload\ntry-restart purser.service\n" {
		m.t.Errorf("systemd was told %q", got)
	}
	if !strings.HasPrefix(m.read("/etc/passwd")[strings.LastIndex(m.read("/etc/passwd"), "\npurser:")+1:], "purser:x:") || m.has("/var/lib/purser") {
		m.t.Error("no account, or a folder before its time")
	}
}

// brought brings a package into the root and has it installed.
func (m *machine) brought(path string, install []string) string {
	m.t.Helper()
	inside := "/run/" + filepath.Base(path)
	content, err := os.ReadFile(path)
	must(m.t, err)
	m.write(inside, string(content))
	return m.does(append(append([]string{}, install...), inside)...)
}

// setUp is what a person does after the installation: fill in the settings and the client secret. The provider is down.
func (m *machine) setUp() (address string) {
	m.t.Helper()
	address = freeAddress(m.t)
	m.write("/etc/purser/client-secret", "hidden-Q~3\n")
	m.write("/etc/purser/settings", fmt.Sprintf("# ours\nPURSER_ADDR=%s\nPURSER_BASE_URL=http://%s\nPURSER_OIDC_ISSUER=http://127.0.0.1:9/idp\nPURSER_OIDC_CLIENT_ID=purser\n", address, address))
	return address
}

// serves starts Purser by its unit, asks it, stops it, and gives its log.
func (m *machine) serves(t *testing.T, address string) string {
	t.Helper()
	s := m.start(t, m.byUnit(t))
	s.answers(t, address)
	if said := m.does("/usr/bin/env", "PURSER_ADDR="+address, "purser", "healthy"); said != "ready\n" {
		t.Errorf("healthy: %s", said)
	}
	if got := m.rights("/var/lib/purser"); !strings.HasPrefix(got, "0700 ") || strings.HasSuffix(got, " 0:0") {
		t.Errorf("the folder: %s", got)
	}
	return s.stop(t)
}

// upgrade installs the package of a later version with the same program in it.
func (m *machine) upgrade(with manager) {
	m.t.Helper()
	later := this(m.t)
	later.version, later.out, later.work = "99.0.0", m.t.TempDir(), m.t.TempDir()
	p := platform{"linux", "amd64"}
	must(m.t, os.MkdirAll(filepath.Dir(later.program(p)), 0o755))
	must(m.t, exec.Command("cp", m.root+"/usr/bin/purser", later.program(p)).Run())
	must(m.t, later.pack(p, with.packager))
	paths, err := filepath.Glob(later.to("*"))
	if err != nil || len(paths) != 1 {
		m.t.Fatalf("%q %v", paths, err)
	}
	said := m.brought(paths[0], with.upgrade)
	if strings.Contains(said, "the key is") {
		m.t.Errorf("the upgrade speaks of a new key:\n%s", said)
	}
	if got := m.told(); got != "daemon-reload\ntry-restart purser.service\n" {
		m.t.Errorf("systemd was told %q", got)
	}
}

func (m *machine) remove(with manager, kept func(after string)) {
	m.t.Helper()
	said := m.does(with.remove...)
	if got := m.told(); got != "disable --now purser-litestream.service purser.service\ndaemon-reload\n" {
		m.t.Errorf("systemd was told %q", got)
	}
	if m.has("/usr/bin/purser") || m.has("/usr/lib/systemd/system/purser.service") {
		m.t.Error("files of the package are left")
	}
	kept("removing")
	if with.purge != nil {
		said = m.does(with.purge...)
		kept("purging")
	}
	if !strings.Contains(said, "were left as they are") || m.has("/etc/purser/settings") && with.purge != nil {
		m.t.Errorf("what is left is not said, or the settings are left:\n%s", said)
	}
	m.does("/usr/bin/id", "purser")
}
