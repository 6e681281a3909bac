package docs

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/secret"
	"purser.example/internal/webhook"
)

// blockOf is the first block of docs/notifications.md in a language.
func blockOf(t *testing.T, language string) string {
	t.Helper()
	for _, b := range named(t, "docs/notifications.md").blocks {
		if b.language == language {
			return b.text()
		}
	}
	t.Fatalf("the document shows no %s", language)
	return ""
}

// example is the message whose body the document shows.
func example() notify.Message {
	return notify.Message{
		Subject: "Backup of SharePoint stopped working", Kind: event.Broken, Count: 1, Tenant: "6f1c0000-0000-4000-8000-000000000001", At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Lines:  []string{"Backup of SharePoint no longer signs in to Contoso. The password expired (AADSTS50055)."},
		Things: []notify.Thing{{Name: "Backup of SharePoint", Account: "svc-backup@contoso.com", Facts: []event.Fact{{Name: "Since", Value: "23 November 2026"}}}},
		Links:  []notify.Link{{Text: "Show the account", Href: "https://purser.contoso.com/service-accounts/1"}},
	}
}

// R92: the receiver that docs/notifications.md shows takes what Purser sends, and refuses what somebody else does. The body is the one that
// the document shows.
func TestTheReceiverOfTheDocument(t *testing.T) {
	script := filepath.Join(t.TempDir(), "receiver.mjs")
	must(t, os.WriteFile(script, []byte(blockOf(t, "js")), 0o600))
	key, at := webhook.NewKey(), freeAddress(t)
	_, port, err := net.SplitHostPort(at)
	must(t, err)
	node := exec.CommandContext(t.Context(), "node", script)
	node.Env = append(os.Environ(), "PORT="+port, "SIGNING_SECRET="+string(key.Reveal()))
	node.Stderr = os.Stderr
	out, err := node.StdoutPipe()
	must(t, err)
	must(t, node.Start())
	listens(t, at)

	caller := webhook.New(webhook.Hosts{"127.0.0.1"}, webhook.Options{})
	to := notify.Receiver{Address: secret.FromString("http://" + at + "/"), Keys: []secret.Value{key}}
	must(t, webhook.Standard{Caller: caller}.Send(t.Context(), to, example(), "msg-1"))
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "Backup of SharePoint stopped working\n" {
		t.Errorf("%q, %v", line, err)
	}
	to.Keys = []secret.Value{webhook.NewKey(), key}
	must(t, webhook.Standard{Caller: caller}.Send(t.Context(), to, example(), "msg-2"))
	to.Keys = to.Keys[:1]
	if err := (webhook.Standard{Caller: caller}).Send(t.Context(), to, example(), "msg-3"); err == nil || !strings.Contains(err.Error(), "status 401") {
		t.Errorf("with another key: %v", err)
	}
}

// listens waits until somebody does at an address.
func listens(t *testing.T, at string) {
	t.Helper()
	for {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at)
		if err == nil {
			_ = conn.Close()
			return
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
}

// R92: the body that the document shows is what is sent.
func TestTheBodyOfTheDocument(t *testing.T) {
	at, bodies := freeAddress(t), make(chan map[string]any, 1)
	ln, err := net.Listen("tcp", at)
	must(t, err)
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		bodies <- body
	})}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Close() })
	to := notify.Receiver{Address: secret.FromString("http://" + at + "/"), Keys: []secret.Value{webhook.NewKey()}}
	must(t, webhook.Standard{Caller: webhook.New(webhook.Hosts{"127.0.0.1"}, webhook.Options{})}.Send(t.Context(), to, example(), "msg-1"))
	var shown map[string]any
	must(t, json.Unmarshal([]byte(blockOf(t, "json")), &shown))
	if diff := cmp.Diff(shown, <-bodies); diff != "" {
		t.Error(diff)
	}
}
