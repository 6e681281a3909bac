package directory

import (
	"fmt"
	"slices"
	"sync"

	"purser.example/internal/m365sim/fixture"
)

// termStore is who administers the tenant's term store. Whoever may read the directory may change it, as with sites.
type termStore struct {
	mu    sync.Mutex
	names []string // login names
}

// buildTermStore resolves the fixture's administrators, noting those who are nobody.
func (t *Tenant) buildTermStore(path string, m *fixture.Mistakes) {
	t.terms = &termStore{}
	if t.SharePoint == nil {
		return
	}
	for i, word := range t.SharePoint.TermStoreAdministrators {
		t.terms.names = append(t.terms.names, t.mustLoginName(word, fmt.Sprintf("%s.sharePoint.termStoreAdministrators[%d]", path, i), m))
	}
}

// settleTermStore keeps the administrators of before, unless the fixture's words name others now.
func (t *Tenant) settleTermStore(before *Tenant, m *fixture.Mistakes) {
	if slices.Equal(t.termWords(), before.termWords()) {
		t.terms = before.terms
		return
	}
	t.buildTermStore("tenant", m)
}

func (t *Tenant) termWords() []string {
	if t.SharePoint == nil {
		return nil
	}
	return t.SharePoint.TermStoreAdministrators
}

// TermStoreRefuses says whether the tenant's term store takes no administrators from programs.
func (t *Tenant) TermStoreRefuses() bool { return t.SharePoint != nil && t.SharePoint.TermStoreRefuses }

// TermStoreAdministrators are the login names of those who administer the tenant's term store.
func (t *Tenant) TermStoreAdministrators() []string {
	t.terms.mu.Lock()
	defer t.terms.mu.Unlock()
	return slices.Clone(t.terms.names)
}

// ChangeTermStoreAdministrators adds names and takes others away, all at once. A name that is there already is there once.
func (t *Tenant) ChangeTermStoreAdministrators(add, drop []string) {
	t.terms.mu.Lock()
	defer t.terms.mu.Unlock()
	names := slices.DeleteFunc(slices.Clone(t.terms.names), func(name string) bool { return slices.Contains(drop, name) })
	for _, name := range add {
		names = with(names, name)
	}
	t.terms.names = names
}
