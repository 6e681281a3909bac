package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
)

// sums writes the checksums of all files of the release, as `sha256sum --check` reads them.
func (r *release) sums() error {
	files, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(r.to(file.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(content), file.Name())
	}
	return os.WriteFile(r.to("SHA256SUMS"), []byte(lines.String()), 0o644)
}
