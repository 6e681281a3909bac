package app

import (
	"purser.example/internal/config"
	"purser.example/internal/mail"
	"purser.example/internal/notify"
	"purser.example/internal/secret"
	"purser.example/internal/webhook"
)

// MailerOf sends mail as the settings say (R92); nil where there is no mail server.
func MailerOf(cfg config.Config) *mail.Mailer {
	s := cfg.SMTP
	if s.Host == "" {
		return nil
	}
	return mail.New(mail.Server{
		Host: s.Host, Port: s.Port, Security: mail.Security(s.TLS), From: s.From, Roots: s.CA,
		Username: s.Username, Password: secret.FromString(s.Password),
	}, mail.Options{})
}

// sendersOf are the ways in which messages leave, as the settings allow them.
func sendersOf(cfg config.Config) map[notify.Way]notify.Sender {
	caller := webhook.New(cfg.WebhookHosts, webhook.Options{})
	senders := map[notify.Way]notify.Sender{notify.Webhook: webhook.Standard{Caller: caller}, notify.Teams: webhook.Teams{Caller: caller}}
	if m := MailerOf(cfg); m != nil {
		senders[notify.Mail] = m
	}
	return senders
}
