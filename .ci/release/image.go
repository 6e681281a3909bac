package main

import (
	"bytes"
	"encoding/pem"
	"io"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// imageUser is the account in the image, nobody's on any machine.
const imageUser = 65532

// image makes one image for all processors, as an OCI layout in a tar file: no engine is needed to make it, and every one can load it.
func (r *release) image() error {
	all := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range r.linux() {
		one, err := r.imageFor(p)
		if err != nil {
			return err
		}
		all = mutate.AppendManifests(all, mutate.IndexAddendum{Add: one, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: p.os, Architecture: p.arch}}})
	}
	folder := filepath.Join(r.work, "image")
	at, err := layout.Write(folder, empty.Index)
	if err != nil {
		return err
	}
	tag := strings.NewReplacer("+", "-", "~", "-").Replace(r.version) // other signs are allowed in no tag
	if err := at.AppendIndex(all, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": tag, "io.containerd.image.name": "docker.io/library/purser:" + tag})); err != nil {
		return err
	}
	entries, err := entriesOf(folder)
	if err != nil {
		return err
	}
	return toFile(r.to("purser-"+r.version+"-image.tar"), func(w io.Writer) error { return writeTar(w, r.time, entries) })
}

func (r *release) imageFor(p platform) (v1.Image, error) {
	var content bytes.Buffer
	if err := writeTar(&content, r.time, r.root(p)); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content.Bytes())), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	begun := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	filled, err := mutate.Append(begun, mutate.Addendum{Layer: layer, MediaType: types.OCILayer, History: v1.History{Created: v1.Time{Time: r.time}, CreatedBy: "make release"}})
	if err != nil {
		return nil, err
	}
	config, err := filled.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created, config.Config = p.os, p.arch, v1.Time{Time: r.time}, r.running()
	return mutate.ConfigFile(filled, config)
}

// running is how a container of the image runs. It needs to write nowhere but into the folder of the data.
func (r *release) running() v1.Config {
	return v1.Config{
		User: "65532:65532", WorkingDir: "/var/lib/purser",
		Entrypoint: []string{"/usr/bin/purser"}, Cmd: []string{"serve"},
		Env:          []string{"PATH=/usr/bin", "PURSER_ADDR=:8080", "PURSER_DATA=/var/lib/purser"},
		ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		Volumes:      map[string]struct{}{"/var/lib/purser": {}},
		StopSignal:   "SIGTERM",
		Healthcheck:  &v1.HealthConfig{Test: []string{"CMD", "/usr/bin/purser", "healthy"}, Interval: 30 * time.Second, Timeout: 6 * time.Second, StartPeriod: time.Minute, Retries: 3},
		Labels: map[string]string{
			"org.opencontainers.image.title": "Purser", "org.opencontainers.image.version": r.version, "org.opencontainers.image.licenses": "Apache-2.0",
			"org.opencontainers.image.description": "Keeps the Microsoft 365 service accounts of an organization.",
			"org.opencontainers.image.created":     r.time.Format(time.RFC3339),
		},
	}
}

// root is all that the image holds: no shell, and nothing else that could be run.
func (r *release) root(p platform) []entry {
	return []entry{
		{name: "etc/", mode: 0o755},
		{name: "etc/group", mode: 0o644, text: []byte("root:x:0:\npurser:x:65532:\n")},
		{name: "etc/passwd", mode: 0o644, text: []byte("root:x:0:0:root:/:/sbin/nologin\npurser:x:65532:65532:Purser:/var/lib/purser:/sbin/nologin\n")},
		{name: "etc/ssl/", mode: 0o755},
		{name: "etc/ssl/certs/", mode: 0o755},
		{name: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, text: roots()},
		{name: "usr/", mode: 0o755},
		{name: "usr/bin/", mode: 0o755},
		{name: "usr/bin/purser", mode: 0o755, path: r.program(p)},
		{name: "usr/share/", mode: 0o755},
		{name: "usr/share/doc/", mode: 0o755},
		{name: "usr/share/doc/purser/", mode: 0o755},
		{name: "usr/share/doc/purser/copyright", mode: 0o644, path: r.from("LICENSE")},
		{name: "var/", mode: 0o755},
		{name: "var/lib/", mode: 0o755},
		{name: "var/lib/purser/", mode: 0o700, id: imageUser},
	}
}

// roots are the certificates that Mozilla trusts, at the version that go.mod names, so that they are the same on every machine. Those that
// are trusted under conditions only cannot be written into such a file with them, and are left out.
func roots() []byte {
	var text bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate})
		}
	}
	return text.Bytes()
}
