package idp

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
)

// people are those who can sign in. Their passwords are held as digests, which have one length.
type people []member

type member struct {
	Person
	password [sha256.Size]byte
}

func newPeople(all []Person) people {
	known := make(people, 0, len(all))
	for _, person := range all {
		m := member{Person: person, password: sha256.Sum256([]byte(person.Password))}
		m.Password = ""
		known = append(known, m)
	}
	return known
}

// signIn finds the person with that email address and password.
//
// It does the same work for an unknown address as for a wrong password, so that the time of the answer tells nobody
// which addresses exist (OWASP ASVS 5.0.0, 6.3.8).
func (all people) signIn(email, password string) (Person, bool) {
	found := member{password: nobody}
	for _, m := range all {
		if strings.EqualFold(m.Email, strings.TrimSpace(email)) {
			found = m
		}
	}
	given := sha256.Sum256([]byte(password))
	same := subtle.ConstantTimeCompare(given[:], found.password[:]) == 1
	return found.Person, same && found.Subject != ""
}

func (all people) bySubject(subject string) (Person, bool) {
	for _, m := range all {
		if m.Subject == subject {
			return m.Person, true
		}
	}
	return Person{}, false
}

// nobody is the digest that an unknown address is compared with; no password has it.
var nobody = sha256.Sum256([]byte(rand.Text()))
