package main

import (
	"fmt"
	"regexp"
	"time"
)

var (
	tagged   = regexp.MustCompile(`^v?(\d+\.\d+\.\d+)(?:-((?:alpha|beta|rc)[.0-9]*))?(?:-([1-9]\d*)-g([0-9a-f]+))?(-dirty)?$`)
	untagged = regexp.MustCompile(`^([0-9a-f]{7,40})(-dirty)?$`)
)

// versionOf is the version of a release by what git says of its commit, in a shape that dpkg and rpm order as people do: 1.2.0~rc.1 comes
// before 1.2.0, and 1.2.0+4.gcc821e7, four commits later, after it. Before the first tag the time of the commit decides.
func versionOf(described string, at time.Time) (string, error) {
	if part := tagged.FindStringSubmatch(described); part != nil {
		version := part[1]
		if part[2] != "" {
			version += "~" + part[2]
		}
		switch {
		case part[3] != "":
			version += "+" + part[3] + ".g" + part[4] + dirt(".", part[5])
		case part[5] != "":
			version += dirt("+", part[5])
		}
		return version, nil
	}
	if part := untagged.FindStringSubmatch(described); part != nil {
		return "0.0.0+" + at.Format("20060102150405") + ".g" + part[1] + dirt(".", part[2]), nil
	}
	return "", fmt.Errorf("%q is no version; it is made from a clone with its tags", described)
}

// dirt tells a release from changes that are in no commit.
func dirt(separator, mark string) string {
	if mark == "" {
		return ""
	}
	return separator + "dirty"
}
