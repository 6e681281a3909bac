package microsoft

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"purser.example/internal/shown"
	"purser.example/internal/verdict"
)

const (
	// membersTop is how many members a page is asked to hold. Graph gives 999 at most; with the service plans of each that would
	// be twenty megabytes.
	membersTop = 500
	// maxPage is the most we read of a page of a list.
	maxPage = 16 << 20
)

// Object is what a group holds.
type Object struct {
	Type     string // "user", "group", "device", "servicePrincipal", "orgContact"
	ID       string
	Name     string
	Username string
	Odd      bool // it has a username, and one that no sign-in can be made with
	Guest    bool
	Enabled  bool
	Read     bool     // sign-in state and licences could be read
	Products []string // see verdict.Products
	Hidden   bool     // a group whose members not everybody may see
}

type object struct {
	Type     string `json:"@odata.type"`
	ID       string `json:"id"`
	Name     string `json:"displayName"`
	Username string `json:"userPrincipalName"`
	UserType string `json:"userType"`
	Enabled  *bool  `json:"accountEnabled"`
	Plans    []plan `json:"assignedPlans"`
	Seen     string `json:"visibility"`
}

func (o object) object() Object {
	return Object{
		Type: strings.TrimPrefix(o.Type, "#microsoft.graph."), ID: key(o.ID), Name: toTheLetter(o.Name), Username: username(o.Username), Odd: o.Username != "" && username(o.Username) == "",
		Hidden: strings.EqualFold(o.Seen, hiddenMembership),
		Guest:  strings.EqualFold(o.UserType, "Guest"), Enabled: o.Enabled == nil || *o.Enabled, Read: o.Enabled != nil && o.Plans != nil, Products: verdict.Products(plansOn(o.Plans)),
	}
}

// username keeps what a sign-in can be made with, and drops everything else.
func username(text string) string {
	if len(text) > 1024 || strings.ContainsFunc(text, func(r rune) bool { return shown.Unprintable(r) || shown.Blank(r) }) {
		return ""
	}
	return text
}

// Members reads what the group itself holds, page by page; nested, what the groups within it hold as well. An error of use ends it
// and comes back as it is.
func (d *Directory) Members(ctx context.Context, id string, nested bool, use func([]Object) error) error {
	relation := "members"
	if nested {
		relation = "transitiveMembers"
	}
	query := url.Values{"$select": {"id,displayName,userPrincipalName,userType,accountEnabled,assignedPlans,visibility"}, "$top": {itoa(membersTop)}}
	path := "/v1.0/groups/" + url.PathEscape(id) + "/" + relation + "?" + escaped(query)
	return ofObject(eachPage(ctx, d.patiently(), path, func(page []object) error {
		list := make([]Object, len(page))
		for i, o := range page {
			if list[i] = o.object(); list[i].ID == "" {
				return noAnswer(verdict.BadAnswer, d.host+" listed a member without an id")
			}
			if list[i].Hidden || list[i].Type == "user" && !list[i].Read {
				d.client.tokens.doubt(d.token.token) // Graph leaves out what a permission is missing for, without a word
			}
		}
		return use(list)
	}))
}

func itoa(n int) string { return strconv.Itoa(n) }
