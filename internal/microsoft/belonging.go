package microsoft

import (
	"context"
	"errors"
	"net/url"
)

// OwnerAndMember gives the ids of the groups that an account both owns and is a member of itself (Microsoft Graph, list ownedObjects and list
// memberOf). The transitive lists would count what it belongs to through another group. Each list is read to its end or not at all: half a
// list would look like fewer groups. Microsoft leaves out groups with hidden membership where Member.Read.Hidden is missing, without a word.
func (s *Survey) OwnerAndMember(ctx context.Context, user string) ([]string, error) {
	owned, err := s.groupsOf(ctx, user, "ownedObjects", readUsers)
	if err != nil || len(owned) == 0 {
		return nil, err
	}
	joined, err := s.groupsOf(ctx, user, "memberOf", readGroups)
	if err != nil {
		return nil, err
	}
	var both []string
	for id := range joined {
		if owned[id] {
			both = append(both, id)
		}
	}
	return both, nil
}

// groupsOf reads the groups among what an account is related to.
func (s *Survey) groupsOf(ctx context.Context, user, relation string, needs permission) (map[string]bool, error) {
	list := graphList{"/v1.0/users/" + url.PathEscape(user) + "/" + relation, url.Values{"$select": {"id"}, "$top": {graphTop}}, needs, true}
	found := map[string]bool{}
	err := walk(ctx, func(ctx context.Context, at string) (Things, error) { return s.graphPage(ctx, related, list, at) }, "", func(page Things) error {
		for _, group := range page.List {
			found[group.ID] = true
		}
		return nil
	})
	switch {
	case errors.Is(err, ErrStale): // there is nothing to go on with from a beginning that just was
		return nil, ErrNowhere
	case err != nil:
		return nil, ofObject(err)
	}
	return found, nil
}
