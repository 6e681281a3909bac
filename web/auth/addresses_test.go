package auth

import (
	"net/url"
	"strings"
	"testing"
)

// After a sign-in nobody is led to another site, whatever the address said (R1). A browser resolves the address against Purser's own.
func FuzzLocalPath(f *testing.F) {
	for _, address := range []string{"/service-accounts?q=a#b", "//evil.example", `/\evil.example`, "/%2f/evil.example", "/%5cevil.example", "https://evil.example", "/\tevil", "/a?b=//c", "/auth/sign-out", "", "/%", "///", "/?://x"} {
		f.Add(address)
	}
	base, err := url.Parse("https://purser.contoso.com/auth/callback")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, address string) {
		path := localPath(address)
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.HasPrefix(path, `/\`) || strings.ContainsAny(path, "\r\n\t\x00") {
			t.Fatalf("%q leads to %q", address, path)
		}
		to, err := base.Parse(path)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || to.User != nil {
			t.Errorf("%q leads to %v, %v", address, to, err)
		}
		if again := localPath(path); again != path {
			t.Errorf("%q is %q, and then %q", address, path, again)
		}
	})
}
