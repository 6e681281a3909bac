package config_test

import (
	"errors"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/config"
)

// R92: what mail needs is there or not as a whole, a password goes over TLS alone, and each mistake is told once.
func TestSettingsOfMail(t *testing.T) {
	cfg, err := config.Load(environ(map[string]string{"PURSER_SMTP_HOST": "SMTP.contoso.com", "PURSER_SMTP_FROM": "Büro <purser@contoso.com>", "PURSER_SMTP_USERNAME": "purser", "PURSER_SMTP_PASSWORD": "hush"}))
	want := config.SMTP{Host: "smtp.contoso.com", Port: 587, From: mail.Address{Name: "Büro", Address: "purser@contoso.com"}, Username: "purser", Password: "hush", TLS: "starttls"}
	if err != nil || cfg.SMTP != want {
		t.Errorf("%+v, %v", cfg.SMTP, err)
	}
	host := map[string]string{"PURSER_SMTP_HOST": "smtp.contoso.com", "PURSER_SMTP_FROM": "purser@contoso.com"}
	for _, c := range []struct {
		more     string // "NAME=value NAME=value"
		mistakes string // names of settings; empty: it is right
	}{
		{"", ""},
		{"PURSER_SMTP_TLS=tls", ""},
		{"PURSER_SMTP_TLS=none", ""},
		{"PURSER_SMTP_HOST=[::1] PURSER_SMTP_TLS=none PURSER_SMTP_USERNAME=a PURSER_SMTP_PASSWORD=hush", ""},
		{"PURSER_SMTP_TLS=none PURSER_SMTP_USERNAME=a PURSER_SMTP_PASSWORD=hush", "PURSER_SMTP_TLS"},
		{"PURSER_SMTP_USERNAME=a", "PURSER_SMTP_PASSWORD"},
		{"PURSER_SMTP_PASSWORD=hush", "PURSER_SMTP_USERNAME"},
		{"PURSER_SMTP_FROM=", "PURSER_SMTP_FROM"},
		{"PURSER_SMTP_FROM=jörg@contoso.com", "PURSER_SMTP_FROM"},
		{"PURSER_SMTP_FROM=a@contoso.com,b@contoso.com", "PURSER_SMTP_FROM"},
		{"PURSER_SMTP_FROM=contoso.com", "PURSER_SMTP_FROM"},
		{"PURSER_SMTP_HOST=", "PURSER_SMTP_FROM"},
		{"PURSER_SMTP_HOST= PURSER_SMTP_USERNAME=a PURSER_SMTP_PORT=25", "PURSER_SMTP_PORT PURSER_SMTP_FROM PURSER_SMTP_USERNAME"},
		{"PURSER_SMTP_HOST=smtp://smtp.contoso.com", "PURSER_SMTP_HOST"},
		{"PURSER_SMTP_HOST=smtp.contoso.com:587", "PURSER_SMTP_HOST"},
		{"PURSER_SMTP_HOST=smtp.contoso.com:", "PURSER_SMTP_HOST"},
		{"PURSER_SMTP_HOST=smtp.contoso.com/x", "PURSER_SMTP_HOST"},
		{"PURSER_SMTP_PORT=65536", "PURSER_SMTP_PORT"},
		{"PURSER_SMTP_PORT=smtp", "PURSER_SMTP_PORT"},
		{"PURSER_SMTP_TLS=yes", "PURSER_SMTP_TLS"},
		{"PURSER_SMTP_CA=hush", "PURSER_SMTP_CA"},
	} {
		env := map[string]string{"PURSER_SMTP_HOST": host["PURSER_SMTP_HOST"], "PURSER_SMTP_FROM": host["PURSER_SMTP_FROM"]}
		for _, one := range strings.Split(c.more, " PURSER_") {
			name, value, _ := strings.Cut(strings.TrimPrefix(one, "PURSER_"), "=")
			if name != "" {
				env["PURSER_"+name] = value
			}
		}
		_, err := config.Load(environ(env))
		mistakes, _ := errors.AsType[config.Mistakes](err)
		if got := mistakes.Settings(); !slices.Equal(got, strings.Fields(c.mistakes)) || strings.Contains(mistakes.Error(), "hush") {
			t.Errorf("%s: %v", c.more, err)
		}
	}
}

// R92: hosts of webhooks are names or addresses, without scheme and port.
func TestHostsOfWebhooks(t *testing.T) {
	cfg, err := config.Load(environ(map[string]string{"PURSER_WEBHOOK_HOSTS": "Hooks.contoso.com, 10.0.0.5,[fd00::5]"}))
	if err != nil || !slices.Equal(cfg.WebhookHosts, []string{"hooks.contoso.com", "10.0.0.5", "fd00::5"}) {
		t.Errorf("%q, %v", cfg.WebhookHosts, err)
	}
	for _, value := range []string{"https://hooks.contoso.com", "hooks.contoso.com:443", "hooks.contoso.com/x", "*"} {
		if _, err := config.Load(environ(map[string]string{"PURSER_WEBHOOK_HOSTS": value})); err == nil {
			t.Errorf("%s is taken", value)
		}
	}
}
