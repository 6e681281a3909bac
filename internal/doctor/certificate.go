package doctor

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"purser.example/internal/appprofile"
)

const renewIt = "Get a new certificate and put it in place of the old one (docs/production.md)."

// tlsCertificate looks at the certificate that Purser serves itself. That it fits its key, the settings have told.
func tlsCertificate(_ context.Context, l *look) []Finding {
	if l.cfg.TLSCert == "" {
		return only(ok("Purser serves no certificate itself."))
	}
	pair, err := tls.X509KeyPair([]byte(l.cfg.TLSCert), []byte(l.cfg.TLSKey))
	if err != nil {
		return only(wrong("The certificate and its key do not fit together.", renewIt))
	}
	return []Finding{
		l.ending("certificate", pair.Leaf.NotBefore, pair.Leaf.NotAfter),
		l.names(pair.Leaf).as("tls-names"),
		l.chain(pair).as("tls-chain"),
	}
}

// ending judges the validity of a certificate by the days on which people are told (R74).
func (l *look) ending(what string, from, until time.Time) Finding {
	now, day := l.Now(), until.UTC().Format(time.DateOnly)
	e := appprofile.Credential{Expires: until}.Ending(now)
	switch {
	case now.Before(from):
		return wrong("The "+what+" is not valid before "+from.UTC().Format(time.DateTime)+" UTC.", "Use one that is valid now, and compare the clock of this machine.")
	case e.Ended:
		return wrong("The "+what+" expired on "+day+".", renewIt)
	case e.Near():
		return warning(fmt.Sprintf("The %s expires on %s, in %s.", what, day, counted(e.Days, "day")), renewIt)
	}
	return ok("The %s is valid until %s.", what, day)
}

func (l *look) names(leaf *x509.Certificate) Finding {
	host := l.cfg.BaseURL.Hostname()
	if leaf.VerifyHostname(host) != nil {
		return wrong("The certificate is not for "+host+", the host in PURSER_BASE_URL.", "Get a certificate that names this host, or correct PURSER_BASE_URL.")
	}
	return ok("The certificate is for %s.", host)
}

// chain looks whether browsers find the way from the certificate to an authority that this machine trusts.
func (l *look) chain(pair tls.Certificate) Finding {
	options := x509.VerifyOptions{Roots: l.Roots, Intermediates: x509.NewCertPool(), CurrentTime: l.Now()}
	for _, der := range pair.Certificate[1:] {
		if between, err := x509.ParseCertificate(der); err == nil {
			options.Intermediates.AddCert(between)
		}
	}
	_, err := pair.Leaf.Verify(options)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	switch {
	case err == nil:
		return ok("The certificate leads to an authority that this machine trusts.")
	case !unknown:
		return warning("The chain of the certificate is not valid: "+err.Error()+".", "Get the certificate with its intermediate ones, in the order in which each signs the one before.")
	case bytes.Equal(pair.Leaf.RawSubject, pair.Leaf.RawIssuer):
		return warning("The certificate vouches for itself, so browsers warn of it.", "Use a certificate of an authority that your browsers trust.")
	}
	return warning("The certificate does not lead to an authority that this machine trusts.", "Put the intermediate certificates after it in PURSER_TLS_CERT. If the authority is your own, browsers have to trust it.")
}
