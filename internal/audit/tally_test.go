package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
)

// kept is a log that can fail.
type kept struct {
	mu      sync.Mutex
	entries []audit.Entry
	broken  bool
}

func (k *kept) Record(_ context.Context, e audit.Entry) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken {
		return errors.New("the disk is full")
	}
	k.entries = append(k.entries, e)
	return nil
}

func denial(subject, address string) audit.Entry {
	return audit.By(access.Caller{Issuer: "https://idp.contoso.com", Subject: subject}, audit.Origin{Address: address}, audit.Denied, audit.Target{Kind: "page"})
}

// X46: what anybody can do in a loop becomes a few entries a minute, and none of it is left out of the count.
func TestATallyCountsForEachPersonAndMinute(t *testing.T) {
	log, now := &kept{}, time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	tally := audit.NewTally(log, func() time.Time { return now })
	record := func(times int, e audit.Entry) {
		t.Helper()
		for range times {
			if err := tally.Record(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
	}
	record(500, denial("adele", "192.0.2.1"))
	record(3, denial("megan", "192.0.2.1")) // at the same address, and somebody else
	record(2, denial("", "192.0.2.1"))
	record(1, denial("", "192.0.2.2"))
	record(8, denial("", "2001:db8::1"))
	record(2, denial("", "2001:db8::2")) // the same network
	if got := len(log.entries); got != 22 {
		t.Fatalf("%d entries at once, want the first eight of each", got)
	}
	if err := tally.Flush(t.Context()); err != nil || len(log.entries) != 22 {
		t.Fatalf("a minute that goes on was written: %v", err)
	}
	now = now.Add(time.Minute)
	record(1, denial("adele", "192.0.2.9"))
	if counted := log.entries[22]; len(log.entries) != 24 || counted.Details["count"] != "492" || counted.Details["since"] != "2026-11-29T09:00:00Z" {
		t.Fatalf("%d entries, the count is %v", len(log.entries), counted.Details)
	}
	if err := tally.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, e := range log.entries {
		n, err := strconv.Atoi(e.Details["count"])
		if err != nil {
			n = 1
		}
		sum += n
	}
	if sum != 517 || len(log.entries) != 25 {
		t.Errorf("%d entries count %d", len(log.entries), sum)
	}
	record(9, denial("adele", "192.0.2.9"))
	if err := tally.Close(t.Context()); err != nil || log.entries[len(log.entries)-1].Details["count"] != "2" {
		t.Errorf("the end: %v, %v", err, log.entries[len(log.entries)-1])
	}
}

// X46: many addresses neither fill the memory nor the log.
func TestATallyOfManyAddressesIsBounded(t *testing.T) {
	log := &kept{}
	tally := audit.NewTally(log, time.Now)
	for i := range 20000 {
		if err := tally.Record(t.Context(), denial("", fmt.Sprintf("10.0.%d.%d", i/256, i%256))); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(log.entries); got > 4200 {
		t.Errorf("%d entries", got)
	}
}

// What could not be written is not taken for written.
func TestATallyOfALogThatFails(t *testing.T) {
	log := &kept{broken: true}
	tally := audit.NewTally(log, time.Now)
	for range 2 {
		if err := tally.Record(t.Context(), denial("adele", "")); err == nil {
			t.Error("nothing was said of the failure")
		}
	}
	log.broken = false
	if err := tally.Record(t.Context(), denial("adele", "")); err != nil || len(log.entries) != 1 {
		t.Errorf("%d entries, %v", len(log.entries), err)
	}
}
