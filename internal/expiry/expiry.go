// Package expiry says when something ends that Purser needs to go on working: the certificate that it serves TLS with, that of the identity
// provider, and the credentials that app profiles have at Microsoft. Each noun that keeps such things is a Source; who watches over them, such
// as the metrics, asks all sources alike and need not know the nouns.
package expiry

import (
	"context"
	"time"
)

// Kind is what ends. It is all that metrics tell of it, and never names a tenant, an application or a person (R84).
type Kind string

// The kinds.
const (
	TLSCertificate      Kind = "tls_certificate"
	ProviderCertificate Kind = "provider_certificate"
	ClientSecret        Kind = "client_secret"
	AppCertificate      Kind = "app_certificate"
)

// Known reports whether the kind is one of those above.
func (k Kind) Known() bool {
	return k == TLSCertificate || k == ProviderCertificate || k == ClientSecret || k == AppCertificate
}

// Date is one end.
type Date struct {
	Kind Kind
	At   time.Time
	Of   Object
}

// Object is what an end is of, for pages.
type Object struct {
	ID     string // among those of its kind
	Tenant string // its id; empty: of none
	Name   string // as people call it
}

// Source knows of ends.
type Source interface {
	// Expiries gives an end for everything that it keeps and that is in use. What never ends has none.
	Expiries(ctx context.Context) ([]Date, error)
}
