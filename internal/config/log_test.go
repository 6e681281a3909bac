package config_test

import (
	"strings"
	"testing"
	"time"

	"purser.example/internal/config"
)

// R63: where the activity log goes and how long it is kept is checked at the start, and each mistake is told.
func TestWhereTheActivityLogGoes(t *testing.T) {
	cfg, err := config.Load(environ(map[string]string{"PURSER_AUDIT_FILE": "/var/log/purser/activity.jsonl", "PURSER_AUDIT_SYSLOG": "tls://logs.contoso.com:6514", "PURSER_AUDIT_KEEP": "400d"}))
	if err != nil || cfg.ActivityLog.File == "" || cfg.ActivityLog.Syslog.Host != "logs.contoso.com:6514" || cfg.ActivityLog.Keep != 400*24*time.Hour {
		t.Errorf("%+v, %v", cfg.ActivityLog, err)
	}
	for name, values := range map[string][]string{
		"PURSER_AUDIT_FILE":      {"activity.jsonl", "/var/log/"},
		"PURSER_AUDIT_SYSLOG":    {"logs.contoso.com", "udp://logs.contoso.com:514", "tls://logs.contoso.com", "tcp://:601", "tcp://127.0.0.1:601/x", "unix://dev/log", "unix:relative", "tls://user:word@logs.contoso.com:6514", "tcp://127.0.0.1:601?x=1"},
		"PURSER_AUDIT_KEEP":      {"0d", "29d", "400", "1y", "-400d", "999999d", "400h"},
		"PURSER_AUDIT_SYSLOG_CA": {"no certificate"},
	} {
		for _, value := range values {
			if _, err := config.Load(environ(map[string]string{name: value})); err == nil || !strings.Contains(err.Error(), name+": ") {
				t.Errorf("%s=%s: %v", name, value, err)
			}
		}
	}
	for _, value := range []string{"unix:///dev/log", "tcp://127.0.0.1:601", "tls://[::1]:6514"} {
		if cfg, err := config.Load(environ(map[string]string{"PURSER_AUDIT_SYSLOG": value})); err != nil || cfg.ActivityLog.Syslog == nil {
			t.Errorf("%s: %v", value, err)
		}
	}
}
