package app

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"purser.example/internal/certificate"
	"purser.example/internal/config"
	"purser.example/internal/problem"
)

// renewEvery is how often it is looked whether the files of the certificate are new.
const renewEvery = 5 * time.Second

// certificateOf is the certificate that Purser serves; nil for none.
func certificateOf(cfg config.Config, o Options) (*certificate.Kept, error) {
	if cfg.TLSCert == "" {
		return nil, nil
	}
	kept, err := certificate.New(cfg.TLSCert, cfg.TLSKey, certificate.Files(cfg.TLSFiles), o.Now, o.Log)
	if err != nil {
		return nil, errors.New("PURSER_TLS_CERT: no certificate that fits its key")
	}
	return kept, nil
}

// RenewCertificate looks at once whether the files of the certificate are new, for whoever does not want to wait until Purser does.
func (a *App) RenewCertificate() {
	if a.certificate == nil {
		return
	}
	if err := problem.Guard(func() error { a.certificate.Renew(); return nil }); err != nil {
		a.log.Error("the files of the certificate for TLS were not looked at", "error", err)
	}
}

// ListenBeside opens the addresses beside the pages', and answers there until Close. Listen does it; it is for those who listen by
// themselves.
func (a *App) ListenBeside(ctx context.Context) error {
	if a.cfg.Redirect != "" {
		if err := a.answerBeside(ctx, "PURSER_REDIRECT_ADDR", a.cfg.Redirect, redirect(a.cfg.BaseURL)); err != nil {
			return err
		}
	}
	if a.metrics != nil {
		return a.answerBeside(ctx, "PURSER_METRICS_ADDR", a.cfg.MetricsAddr, a.metrics.Handler(a.log))
	}
	return nil
}

func (a *App) answerBeside(ctx context.Context, setting, address string, handler http.Handler) error {
	ln, err := a.listen(ctx, setting, address)
	if err != nil {
		return err
	}
	a.log.Info("an address beside the pages is open", "setting", setting, "address", ln.Addr().String())
	a.chores.Go(func() {
		if err := Serve(a.beside, ln, handler, a.log); err != nil {
			a.log.Error("an address beside the pages answers no more", "setting", setting, "error", err)
		}
	})
	return nil
}

// redirect leads to the same page at the base address, whatever host was asked for: a host that the client names leads nobody anywhere
// (R82). Browsers are not to remember it, because the base address may change.
func redirect(base *url.URL) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := base.String() + "/" + strings.TrimLeft(r.URL.EscapedPath(), "/")
		if r.URL.EscapedPath() == "*" {
			to = base.String() + "/"
		}
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		http.Redirect(w, r, to, http.StatusPermanentRedirect) //nolint:gosec // To our own base address, which the path only follows.
	})
}
