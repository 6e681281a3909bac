package microsoft

import (
	"context"
	"net/url"
	"slices"
	"strings"
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
}

const groupColumns = "id,displayName,mail,groupTypes,mailEnabled,securityEnabled,membershipRule,resourceProvisioningOptions"

type group struct {
	ID      string   `json:"id"`
	Name    string   `json:"displayName"`
	Mail    string   `json:"mail"`
	Types   []string `json:"groupTypes"`
	Mails   bool     `json:"mailEnabled"`
	Secures bool     `json:"securityEnabled"`
	Rule    string   `json:"membershipRule"`
	Options []string `json:"resourceProvisioningOptions"`
}

// longestRule is how much is kept of a rule, which may have 3,072 characters.
const longestRule = 3072

func (g group) group() Group {
	rule := []rune(g.Rule)
	return Group{
		ID: key(g.ID), Name: name(g.Name), Mail: name(g.Mail), Unified: slices.Contains(g.Types, "Unified"), Mails: g.Mails, Secures: g.Secures,
		Dynamic: slices.Contains(g.Types, "DynamicMembership"), Rule: string(rule[:min(len(rule), longestRule)]), Team: slices.Contains(g.Options, "Team"),
	}
}

// Group finds a group by its id. The error's code is "HTTP 404" where there is none.
func (d *Directory) Group(ctx context.Context, id string) (Group, error) {
	var found group
	err := d.graph().get(ctx, "/v1.0/groups/"+url.PathEscape(id)+"?$select="+groupColumns, &found)
	return found.group(), err
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

// GroupsLike finds groups whose name or address begins with the text, a few of them.
func (d *Directory) GroupsLike(ctx context.Context, text string) ([]Group, error) {
	return d.groups(ctx, "startswith(displayName,"+literal(text)+") or startswith(mail,"+literal(text)+")", 10)
}

func (d *Directory) groups(ctx context.Context, filter string, most int) ([]Group, error) {
	query := url.Values{"$filter": {filter}, "$select": {groupColumns}, "$top": {itoa(most)}}
	var page struct {
		Value []group `json:"value"`
	}
	// One page: whoever has more groups of one name than that has to choose by address all the same.
	if err := d.graph().get(ctx, "/v1.0/groups?"+escaped(query), &page); err != nil {
		return nil, err
	}
	var list []Group
	for _, g := range page.Value[:min(len(page.Value), most)] {
		list = append(list, g.group())
	}
	return list, nil
}

// literal is a text in OData's quotes.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// escaped writes blanks as %20: Graph reads a plus as a plus.
func escaped(query url.Values) string { return strings.ReplaceAll(query.Encode(), "+", "%20") }
