package directory

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Smart lockout: so many different wrong passwords lock a user for so long (Microsoft's defaults).
const (
	lockoutAfter = 10
	lockoutFor   = time.Minute
)

// lockouts counts the wrong passwords of each user. Of a password it keeps a hash only.
type lockouts struct {
	mu sync.Mutex
	by map[string]*lockout // by user id
}

type lockout struct {
	wrong map[[sha256.Size]byte]bool
	until time.Time
}

// locked says whether the user is locked at that time. A lockout that has ended is forgotten with its count.
func (l *lockouts) locked(id string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	user := l.by[id]
	if user == nil || user.until.IsZero() {
		return false
	}
	if now.Before(user.until) {
		return true
	}
	delete(l.by, id)
	return false
}

// wrong counts a wrong password. The same one again does not count.
func (l *lockouts) wrong(id, password string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	user := l.by[id]
	if user == nil {
		if l.by == nil {
			l.by = map[string]*lockout{}
		}
		user = &lockout{wrong: map[[sha256.Size]byte]bool{}}
		l.by[id] = user
	}
	user.wrong[sha256.Sum256([]byte(password))] = true
	if len(user.wrong) >= lockoutAfter {
		user.until = now.Add(lockoutFor)
	}
}

// clear forgets the count, after a right password or a new one.
func (l *lockouts) clear(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.by, id)
}

// Locked says whether the user is locked at that time.
func (d *Directory) Locked(u *User, now time.Time) bool { return d.lockouts.locked(u.ID, now) }

// WrongPassword counts a wrong password towards the user's lockout.
func (d *Directory) WrongPassword(u *User, given string, now time.Time) {
	d.lockouts.wrong(u.ID, given, now)
}

// RightPassword forgets the user's wrong ones.
func (d *Directory) RightPassword(u *User) { d.lockouts.clear(u.ID) }
