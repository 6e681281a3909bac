// Package signin is the tenants' log of sign-ins: the sign-in hosts write it, Graph shows it.
package signin

import (
	"slices"
	"sync"
	"time"
)

// Entry is one attempt to sign in as the tenant's log keeps it. It never holds a password.
type Entry struct {
	ID, CorrelationID, Address string
	At                         time.Time
	UserID, UserName, UPN      string
	AppID, AppName             string
	Code                       int // 0: signed in
	Reason                     string
	ConditionalAccess          string
	Policies                   []AppliedPolicy
}

// AppliedPolicy is what a conditional access policy had to say about a sign-in.
type AppliedPolicy struct {
	ID              string   `json:"id"`
	DisplayName     string   `json:"displayName"`
	GrantControls   []string `json:"enforcedGrantControls"`
	SessionControls []string `json:"enforcedSessionControls"`
	Result          string   `json:"result"`
}

// Log holds the sign-ins of each tenant, oldest first.
type Log struct {
	mu sync.Mutex
	by map[string][]*Entry
}

// maxEntries is how many sign-ins of a tenant the log remembers.
const maxEntries = 10_000

// Add notes a sign-in to the tenant of that id.
func (l *Log) Add(tenant string, entry *Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[string][]*Entry{}
	}
	list := append(l.by[tenant], entry)
	if len(list) > maxEntries {
		list = slices.Delete(list, 0, len(list)-maxEntries)
	}
	l.by[tenant] = list
}

// NewestFirst is the log as Graph lists it.
func (l *Log) NewestFirst(tenant string) []*Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.Clone(l.by[tenant])
	slices.Reverse(list)
	return list
}
