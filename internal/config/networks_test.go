package config

import (
	"slices"
	"strings"
	"testing"
)

// R66: networks are read as people write them, and the one that is none is named.
func TestNetworksAreRead(t *testing.T) {
	read := func(text string) ([]string, string) {
		r := newReader([]string{"PURSER_TRUSTED_NETWORKS=" + text}, Checks{})
		var networks []string
		for _, n := range r.networks("PURSER_TRUSTED_NETWORKS") {
			networks = append(networks, n.String())
		}
		return networks, r.mistakes.Error()
	}
	got, wrong := read("10.1.2.3/8, 192.0.2.7,2001:DB8::/32 , ::1, ::ffff:10.0.0.0/104, ::ffff:192.0.2.9")
	want := []string{"10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::1/128", "10.0.0.0/8", "192.0.2.9/32"}
	if wrong != "" || !slices.Equal(got, want) {
		t.Errorf("%q %s", got, wrong)
	}
	for _, text := range []string{"10.0.0.0/33", "10.0.0/8", "fe80::1%eth0", "fe80::%eth0/64", "::ffff:10.0.0.0/90", "intranet", "10.0.0.0/-1", "10.0.0.0 10.0.0.1", "010.0.0.1"} {
		if got, wrong := read("192.0.2.0/24," + text); got != nil || !strings.Contains(wrong, "PURSER_TRUSTED_NETWORKS") || !strings.Contains(wrong, text) {
			t.Errorf("%s: %q %s", text, got, wrong)
		}
	}
}
