package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/notify"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

// Standard sends messages to webhooks, signed as Standard Webhooks 1.0 say.
type Standard struct{ *Caller }

// Payload is the body of a webhook. It is a promise: receivers read it.
type Payload struct {
	Type      string    `json:"type"` // the kind of the event, or "test"
	Timestamp time.Time `json:"timestamp"`
	Data      Data      `json:"data"`
}

// Data is what a webhook tells.
type Data struct {
	Subject  string         `json:"subject"`
	Lines    []string       `json:"lines"`
	Things   []notify.Thing `json:"things"`
	More     int            `json:"more"`
	Count    int            `json:"count"`
	Tenant   string         `json:"tenant"`
	Links    []notify.Link  `json:"links"`
	Update   bool           `json:"update"`
	Repeated bool           `json:"repeated"`
}

// Send implements notify.Sender.
func (s Standard) Send(ctx context.Context, to notify.Receiver, m notify.Message, id string) error {
	u, err := s.hosts.Webhook(string(to.Address.Reveal()))
	if err != nil {
		return &notify.Failure{Reason: problem.Message(err)}
	}
	body, err := json.Marshal(payload(m))
	if err != nil {
		return &notify.Failure{Reason: "The message can't be written.", Final: true, Err: err}
	}
	at := strconv.FormatInt(s.now().Unix(), 10) // of this attempt: receivers refuse what is older than five minutes
	signature, err := sign(to.Keys, id+"."+at+".", body)
	if err != nil {
		return &notify.Failure{Reason: problem.Message(err)}
	}
	return s.post(ctx, u, id, map[string]string{"Webhook-Id": id, "Webhook-Timestamp": at, "Webhook-Signature": signature}, body)
}

func payload(m notify.Message) Payload {
	kind := string(m.Kind)
	if m.Test {
		kind = "test"
	}
	d := Data{Subject: m.Subject, Lines: m.Lines, Things: m.Things, More: m.More, Count: m.Count, Tenant: string(m.Tenant), Links: m.Links, Update: m.Update, Repeated: m.Repeated}
	d.Lines, d.Things, d.Links = append([]string{}, d.Lines...), append([]notify.Thing{}, d.Things...), append([]notify.Link{}, d.Links...) // a list is never null
	return Payload{Type: kind, Timestamp: m.At.UTC(), Data: d}
}

// Standard Webhooks: what a secret begins with, and how long it is in bytes.
const (
	prefix  = "whsec_"
	atLeast = 24
	atMost  = 64
)

// NewKey makes a secret to sign with, as receivers want it.
func NewKey() secret.Value {
	raw := secret.Random(32)
	defer raw.Clear()
	return secret.FromString(prefix + base64.StdEncoding.EncodeToString(raw.Reveal()))
}

// Key reads a secret to sign with. The error is a sentence for the person who entered it.
func Key(text secret.Value) ([]byte, error) {
	coded, begins := strings.CutPrefix(string(text.Reveal()), prefix)
	key, err := base64.StdEncoding.DecodeString(coded)
	if !begins || err != nil || len(key) < atLeast || len(key) > atMost {
		return nil, problem.New(problem.Invalid, "A signing secret is whsec_ and 24 to 64 bytes in base64. Leave the field empty to have Purser make one.")
	}
	return key, nil
}

// sign makes a signature with each secret, so that receivers that have one of them, the former or the next, find theirs.
func sign(keys []secret.Value, head string, body []byte) (string, error) {
	var all []string
	for _, text := range keys {
		key, err := Key(text)
		if err != nil {
			return "", err
		}
		mac := hmac.New(sha256.New, key)
		clear(key)
		mac.Write([]byte(head))
		mac.Write(body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	if len(all) == 0 {
		return "", problem.New(problem.Invalid, "The webhook has no signing secret.")
	}
	return strings.Join(all, " "), nil
}
