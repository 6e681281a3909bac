package login

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"sync/atomic"

	"purser.example/internal/expiry"
)

// presented remembers the certificate that the provider showed last, so that people are told before it ends (R91).
type presented struct {
	host string
	leaf atomic.Pointer[x509.Certificate]
}

func newPresented(issuer string) *presented {
	address, err := url.Parse(issuer)
	if err != nil {
		return &presented{}
	}
	return &presented{host: address.Host}
}

// see notes what the host of the issuer answered with. Other hosts that the provider may have are its own affair.
func (p *presented) see(resp *http.Response) {
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 && resp.Request != nil && resp.Request.URL.Host == p.host {
		p.leaf.Store(resp.TLS.PeerCertificates[0])
	}
}

// Expiries implements expiry.Source: when the certificate ends that the provider showed last. A provider that was not asked since the start, or
// is asked without TLS, has shown none.
func (c *Client) Expiries(context.Context) ([]expiry.Date, error) {
	leaf := c.presented.leaf.Load()
	if leaf == nil {
		return nil, nil
	}
	return []expiry.Date{{Kind: expiry.ProviderCertificate, At: leaf.NotAfter, Of: expiry.Object{ID: c.presented.host, Name: c.presented.host}}}, nil
}
