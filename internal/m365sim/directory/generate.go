package directory

import (
	"fmt"
	"regexp"
	"strings"

	"purser.example/internal/m365sim/fixture"
)

// maxGenerated keeps a slip of the keyboard from filling the memory.
const maxGenerated = 1_000_000

// onePattern is a text with exactly one %d, perhaps padded as in %05d.
var onePattern = regexp.MustCompile(`^[^%]*%(0?[1-9])?d[^%]*$`)

// generate makes the users that the fixture asks for by number. A user who is listed by name is left as listed.
func (t *Tenant) generate(path string, m *fixture.Mistakes) {
	if t.Generate == nil {
		return
	}
	g := t.generation()
	if !checkGenerate(g, path, m) || !t.checkUPN(fmt.Sprintf(g.UPN, g.First), path+".upn", m) {
		return
	}
	pool := t.generatedGroup(g.Group, path, m)
	for n := g.First; n < g.First+g.Users; n++ {
		t.generateUser(g, n, pool, m)
	}
}

// generation is what the fixture asks for by number, with what it left out.
func (t *Tenant) generation() fixture.Generate {
	var g fixture.Generate
	if t.Generate != nil {
		g = *t.Generate
	}
	if g.First == 0 {
		g.First = 1
	}
	if g.UPN == "" {
		g.UPN = "u%05d@" + t.InitialDomain
	}
	if g.Password == "" {
		g.Password = "Gen-%05d!"
	}
	return g
}

func checkGenerate(g fixture.Generate, path string, m *fixture.Mistakes) bool {
	before := m.Count()
	if g.Users < 0 || g.Users > maxGenerated || g.First < 0 || g.First > 1e9 {
		m.Add(path, "users must be from 0 to %d, first from 0 to 1000000000", maxGenerated)
	}
	for key, pattern := range map[string]string{"upn": g.UPN, "password": g.Password} {
		if !onePattern.MatchString(pattern) {
			m.Add(path+"."+key, "must hold one number such as %%05d")
		}
	}
	return m.Count() == before
}

// generatedGroup finds the group of the generated users, or makes it. Without a name there is none.
func (t *Tenant) generatedGroup(word, path string, m *fixture.Mistakes) *Group {
	if word == "" {
		return nil
	}
	g, why := t.Group(word)
	if g != nil {
		return g
	}
	if strings.Contains(why, "several") {
		m.Add(path+".group", "%q %s", word, why)
		return nil
	}
	g = t.newGroup(fixture.Group{DisplayName: word}, path+".group", m)
	g.link(path+".group", m)
	t.insertGroup(g, path+".group", m)
	return g
}

func (t *Tenant) generateUser(g fixture.Generate, n int, pool *Group, m *fixture.Mistakes) {
	upn := fmt.Sprintf(g.UPN, n)
	u := t.User(upn)
	if u == nil {
		name, _, _ := strings.Cut(upn, "@")
		u = t.newUser(fixture.User{UserPrincipalName: upn, DisplayName: name, Password: fmt.Sprintf(g.Password, n)}, "generate", m)
		u.generated = true
		t.insert(u, "generate", m)
	}
	if pool != nil {
		pool.add(u)
	}
}
