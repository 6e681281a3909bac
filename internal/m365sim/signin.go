package m365sim

import (
	"slices"
	"sync"
	"time"

	"purser.example/internal/m365sim/fixture"
)

// signIn is one attempt to sign in as the tenant's log keeps it. It never holds a password.
type signIn struct {
	id, correlationID, address string
	at                         time.Time
	userID, userName, upn      string
	app                        fixture.App
	code                       int // 0: signed in
	reason                     string
	caStatus                   string
	policies                   []appliedPolicy
}

// appliedPolicy is what a conditional access policy had to say about a sign-in.
type appliedPolicy struct {
	ID              string   `json:"id"`
	DisplayName     string   `json:"displayName"`
	GrantControls   []string `json:"enforcedGrantControls"`
	SessionControls []string `json:"enforcedSessionControls"`
	Result          string   `json:"result"`
}

// signInLog holds the sign-ins of each tenant, oldest first.
type signInLog struct {
	mu sync.Mutex
	by map[string][]*signIn
}

// maxSignIns is how many sign-ins of a tenant the log remembers.
const maxSignIns = 10_000

func (l *signInLog) add(tenant string, entry *signIn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[string][]*signIn{}
	}
	list := append(l.by[tenant], entry)
	if len(list) > maxSignIns {
		list = slices.Delete(list, 0, len(list)-maxSignIns)
	}
	l.by[tenant] = list
}

// newestFirst is the log as Graph lists it.
func (l *signInLog) newestFirst(tenant string) []*signIn {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.Clone(l.by[tenant])
	slices.Reverse(list)
	return list
}
