package main

import (
	"fmt"
	"io"
	"io/fs"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	"github.com/goreleaser/nfpm/v2/rpm"
)

// packages makes a deb and an rpm for each processor.
func (r *release) packages() error {
	for _, p := range r.linux() {
		for _, packager := range []nfpm.Packager{deb.Default, rpm.DefaultRPM} {
			if err := r.pack(p, packager); err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
		}
	}
	return nil
}

func (r *release) pack(p platform, packager nfpm.Packager) error {
	info := r.described(p)
	if err := nfpm.Validate(info); err != nil {
		return err
	}
	name := packager.ConventionalFileName(info)
	return toFile(r.to(name), func(w io.Writer) error { return packager.Package(info, w) })
}

// described is the package, for Debian and RPM alike. The scripts know which of the two runs them by what it tells them.
func (r *release) described(p platform) *nfpm.Info {
	owned := func(source, target string, mode fs.FileMode, kind string) *files.Content {
		return &files.Content{Source: source, Destination: target, Type: kind, FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: mode, MTime: r.time}}
	}
	return nfpm.WithDefaults(&nfpm.Info{
		Name: "purser", Arch: p.arch, Platform: "linux", Version: r.version, VersionSchema: "none", Release: "1", MTime: r.time,
		Section: "admin", Priority: "optional", License: "Apache-2.0", Maintainer: "The Purser authors <purser@purser.example>", Vendor: "The Purser authors",
		Description:     "Keeps the Microsoft 365 service accounts of an organization\nOne program with a SQLite database inside, which administrators use in a browser.",
		DisableGlobbing: true,
		Overridables: nfpm.Overridables{
			Recommends: []string{"ca-certificates"},
			Contents: files.Contents{
				owned(r.program(p), "/usr/bin/purser", 0o755, files.TypeFile),
				owned(r.file("purser.service"), "/usr/lib/systemd/system/purser.service", 0o644, files.TypeFile),
				owned(r.file("purser-litestream.service"), "/usr/lib/systemd/system/purser-litestream.service", 0o644, files.TypeFile),
				owned("", "/etc/purser", 0o700, files.TypeDir),
				owned(r.file("settings"), "/etc/purser/settings", 0o644, files.TypeConfigNoReplace),
				owned(r.file("litestream.yml"), "/etc/purser/litestream.yml", 0o644, files.TypeConfigNoReplace),
				owned(r.from("LICENSE"), "/usr/share/doc/purser/copyright", 0o644, files.TypeFile),
				owned(r.from("CHANGELOG.md"), "/usr/share/doc/purser/CHANGELOG.md", 0o644, files.TypeFile),
			},
			Scripts: nfpm.Scripts{PostInstall: r.file("postinst"), PreRemove: r.file("prerm"), PostRemove: r.file("postrm")},
			RPM:     nfpm.RPM{Group: "System Environment/Daemons", BuildHost: "purser.example"},
		},
	})
}
