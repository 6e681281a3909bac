package microsoft

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"purser.example/internal/shown"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// Group is a group of the directory.
type Group struct {
	ID      string
	Name    string
	Mail    string
	Unified bool // a Microsoft 365 group
	Mails   bool // it has a mailbox or forwards mail
	Secures bool // rights can be given to it
	Dynamic bool
	Rule    string
	Team    bool
	Hidden  bool // its members are shown to those only who may see hidden membership
}

const groupColumns = "id,displayName,mail,groupTypes,mailEnabled,securityEnabled,membershipRule,resourceProvisioningOptions,visibility"

type group struct {
	ID      string   `json:"id"`
	Name    string   `json:"displayName"`
	Mail    string   `json:"mail"`
	Types   []string `json:"groupTypes"`
	Mails   *bool    `json:"mailEnabled"`
	Secures *bool    `json:"securityEnabled"`
	Rule    string   `json:"membershipRule"`
	Options []string `json:"resourceProvisioningOptions"`
	Seen    string   `json:"visibility"`
}

// longestRule is how much is kept of a rule, which may have 3,072 characters.
const longestRule = 3072

// hiddenMembership is the visibility of a group whose members not everybody may see (Microsoft Graph, group resource type).
const hiddenMembership = "HiddenMembership"

// group is the group as far as it could be read. One that comes as its id alone is there, and not for whoever asked.
func (g group) group() (Group, error) {
	if g.ID = key(g.ID); g.ID == "" {
		return Group{}, noAnswer(verdict.BadAnswer, "a group without an id")
	}
	if g.Mails == nil || g.Secures == nil {
		f := noAnswer(verdict.BadAnswer, "a group of which only the id may be read")
		f.whose, f.hidden = whose.App, true
		return Group{}, f
	}
	rule := []rune(g.Rule)
	return Group{
		ID: g.ID, Name: toTheLetter(g.Name), Mail: toTheLetter(g.Mail), Unified: slices.Contains(g.Types, "Unified"), Mails: *g.Mails, Secures: *g.Secures,
		Dynamic: slices.Contains(g.Types, "DynamicMembership"), Rule: string(rule[:min(len(rule), longestRule)]), Team: slices.Contains(g.Options, "Team"),
		Hidden: strings.EqualFold(g.Seen, hiddenMembership),
	}, nil
}

// Group finds a group by its id. Failure.Gone says that there is none.
func (d *Directory) Group(ctx context.Context, id string) (Group, error) {
	var found group
	err := ofObject(d.graph().get(ctx, "/v1.0/groups/"+url.PathEscape(id)+"?$select="+groupColumns, &found))
	if err != nil {
		return Group{}, err
	}
	return found.group()
}

// GroupsNamed finds groups by their whole name, and by their address where the text may be one. Names are not unique.
func (d *Directory) GroupsNamed(ctx context.Context, text string) ([]Group, error) {
	if strings.Contains(text, "@") {
		found, err := d.groups(ctx, "mail eq "+literal(text)+" or proxyAddresses/any(a:a eq "+literal("smtp:"+text)+")", 10)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return d.groups(ctx, "displayName eq "+literal(text), 25)
}

// someGroups is how many suggestions are enough.
const someGroups = 10

// GroupsLike finds a few groups by a word of the name, or the beginning of the address (X33). Where Graph has no index to search in,
// or splits the text into words in another way, those are found whose name or address begins with it.
func (d *Directory) GroupsLike(ctx context.Context, text string) ([]Group, error) {
	if word := searched(text); word != "" {
		query := url.Values{"$search": {`"displayName:` + word + `" OR "mail:` + word + `"`}, "$count": {"true"}}
		found, err := d.ask(ctx, d.graph().advanced(), query, someGroups)
		if len(found) > 0 || err != nil && !refusedQuery(err) {
			return found, err
		}
	}
	return d.groups(ctx, "startswith(displayName,"+literal(text)+") or startswith(mail,"+literal(text)+")", someGroups)
}

// searched is a text as it can stand in the quotes of $search; Graph looks for words, in which neither quote nor backslash counts.
func searched(text string) string {
	return shown.Trim(strings.Map(func(r rune) rune {
		if r == '"' || r == '\\' {
			return ' '
		}
		return r
	}, text))
}

// refusedQuery reports whether Graph itself did not take the query.
func refusedQuery(err error) bool {
	f, ok := errors.AsType[fault](err)
	return ok && f.reply.HTTP == http.StatusBadRequest && f.reply.Word != ""
}

func (d *Directory) groups(ctx context.Context, filter string, most int) ([]Group, error) {
	return d.ask(ctx, d.graph(), url.Values{"$filter": {filter}}, most)
}

// ask reads one page: whoever has more groups of one name than that has to choose by address all the same.
func (d *Directory) ask(ctx context.Context, g graph, query url.Values, most int) ([]Group, error) {
	query.Set("$select", groupColumns)
	query.Set("$top", itoa(most))
	page, _, err := onePage[group](ctx, g, "/v1.0/groups?"+escaped(query))
	if err != nil {
		return nil, err
	}
	var list []Group
	for _, one := range page[:min(len(page), most)] {
		found, err := one.group()
		if err != nil {
			return nil, err
		}
		list = append(list, found)
	}
	return list, nil
}

// literal is a text in OData's quotes.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// escaped writes blanks as %20, and a plus as %2B, as Encode does: Graph reads a plus in a query as a blank.
func escaped(query url.Values) string { return strings.ReplaceAll(query.Encode(), "+", "%20") }
