package microsoft

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"purser.example/internal/verdict"
)

// Person is somebody of a directory, as a look-up finds them.
type Person struct {
	ID       string
	Name     string
	Username string
	Mail     string
	Guest    bool
	Enabled  bool
}

const personColumns = "id,displayName,userPrincipalName,mail,userType,accountEnabled"

type person struct {
	ID       string `json:"id"`
	Name     string `json:"displayName"`
	Username string `json:"userPrincipalName"`
	Mail     string `json:"mail"`
	Type     string `json:"userType"`
	Enabled  *bool  `json:"accountEnabled"`
}

func (p person) person() (Person, error) {
	if p.ID = key(p.ID); p.ID == "" {
		return Person{}, noAnswer(verdict.BadAnswer, "a user without an id")
	}
	return Person{
		ID: p.ID, Name: toTheLetter(p.Name), Username: username(p.Username), Mail: toTheLetter(p.Mail), Guest: strings.EqualFold(p.Type, "Guest"), Enabled: p.Enabled == nil || *p.Enabled,
	}, nil
}

// Person finds somebody by their id. Failure.Gone says that there is nobody.
func (d *Directory) Person(ctx context.Context, id string) (Person, error) {
	var found person
	if err := ofObject(d.graph().get(ctx, "/v1.0/users/"+url.PathEscape(id)+"?$select="+personColumns, &found)); err != nil {
		return Person{}, err
	}
	return found.person()
}

// PeopleLike finds a few people by a word of the name, or the beginning of the username or address. Where Graph has no index to search in, or
// splits the text into words in another way, those are found whose name or address begins with it.
func (d *Directory) PeopleLike(ctx context.Context, text string) ([]Person, error) {
	if word := searched(text); word != "" {
		query := url.Values{"$search": {`"displayName:` + word + `" OR "userPrincipalName:` + word + `" OR "mail:` + word + `"`}, "$count": {"true"}}
		found, err := d.people(ctx, d.graph().advanced(), query)
		if len(found) > 0 || err != nil && !refusedQuery(err) {
			return found, err
		}
	}
	begins := "startswith(displayName," + literal(text) + ") or startswith(userPrincipalName," + literal(text) + ") or startswith(mail," + literal(text) + ")"
	return d.people(ctx, d.graph(), url.Values{"$filter": {begins}})
}

func (d *Directory) people(ctx context.Context, g graph, query url.Values) ([]Person, error) {
	query.Set("$select", personColumns)
	query.Set("$top", itoa(someGroups))
	page, _, err := onePage[person](ctx, g, "/v1.0/users?"+escaped(query))
	if err != nil {
		return nil, err
	}
	var list []Person
	for _, one := range page[:min(len(page), someGroups)] {
		found, err := one.person()
		if err != nil {
			return nil, err
		}
		list = append(list, found)
	}
	return list, nil
}

// errOwnGroups ends the reading of groups that are all found.
var errOwnGroups = errors.New("microsoft: all found")

// GroupsOf tells which of some groups somebody is in, themselves or through another group (Microsoft Graph, list transitiveMemberOf). It reads
// the person's groups, of which there are few, and not the groups' members, of which there may be many thousands. It reads them to the end or
// not at all, unless all have been found: half a list would look like a no.
func (d *Directory) GroupsOf(ctx context.Context, id string, some []string) ([]string, error) {
	wanted := map[string]bool{}
	for _, group := range some {
		wanted[strings.ToLower(group)] = true
	}
	var in []string
	path := "/v1.0/users/" + url.PathEscape(id) + "/transitiveMemberOf/microsoft.graph.group?$select=id&$count=true&$top=" + graphTop
	index := d.graph().advanced() // because of the type in the path
	err := eachPage(ctx, index, path, func(page []object) error {
		for _, o := range page {
			if group := strings.ToLower(key(o.ID)); wanted[group] {
				in = append(in, group)
				delete(wanted, group)
			}
		}
		if len(wanted) == 0 {
			return errOwnGroups
		}
		return nil
	})
	if errors.Is(err, errOwnGroups) {
		err = nil
	}
	if err != nil {
		return nil, ofObject(err)
	}
	return in, nil
}
