package doctor

import (
	"context"
	"strings"

	"purser.example/internal/app"
)

// mailServer signs in to the mail server as Purser does, and sends nothing (R92).
func mailServer(ctx context.Context, l *look) []Finding {
	m := app.MailerOf(l.cfg)
	if m == nil {
		return only(ok("Purser sends no mail, because PURSER_SMTP_HOST is not set."))
	}
	if err := m.Check(ctx); err != nil {
		return only(wrong("Purser can't send mail. "+err.Error(), "Correct the settings, or see to the mail server (docs/notifications.md). Messages wait meanwhile."))
	}
	if s := l.cfg.SMTP; s.TLS == "none" && !loopback(m.Server().Address()) {
		return only(warning("Mail goes to "+m.Server().Address()+" in the clear, so anyone in between can read it.", "Set PURSER_SMTP_TLS to starttls, and to tls for port 465 (docs/notifications.md)."))
	}
	return only(ok("Purser can send mail by %s.", m.Server().Address()))
}

// webhookHosts tells where webhooks may go.
func webhookHosts(_ context.Context, l *look) []Finding {
	hosts := l.cfg.WebhookHosts
	if len(hosts) == 0 {
		return only(ok("Webhooks may go to every public address, and to none inside a network."))
	}
	return only(ok("Webhooks may go to %s: %s.", counted(len(hosts), "host"), strings.Join(hosts, ", ")))
}
