package microsoft

import (
	"context"
	"encoding/json"
	"errors"
	"hash/maphash"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// Kind is a sort of things that a tenant has many of.
type Kind string

// The kinds.
const (
	KindSites     Kind = "sites"
	KindOneDrives Kind = "onedrives"
	KindProjects  Kind = "project sites"
	KindGroups    Kind = "groups"
	KindTeams     Kind = "teams"
	KindMailboxes Kind = "mailboxes"
	KindUsers     Kind = "users"

	related Kind = "groups of an account" // among what else it owns or belongs to; for OwnerAndMember alone
)

// Thing is one of them.
type Thing struct {
	ID       string
	Name     string
	Address  string // a URL, or a mail address
	Lock     string // of a site: "NoAccess", "ReadOnly"; empty: none that is known
	Archived bool
	Flaw     Flaw // why it could not be read whole; ID may be empty then
}

// Flaw is what keeps a thing from being read whole.
type Flaw string

// The flaws.
const (
	NoID Flaw = "no-id"
)

// Things is a page of them. Next is where the next one begins, empty for the last: to be given back as it is.
type Things struct {
	List []Thing
	Next string
}

// ErrStale says that Microsoft does not know any more where a list was to go on.
var ErrStale = errors.New("microsoft: the list cannot be gone on with")

// ErrNowhere says that a list cannot be read to its end: its next page is elsewhere, or one of before, or there is always another one.
var ErrNowhere = errors.New("microsoft: the list leads nowhere")

// ErrUnreadable is a kind that cannot be read in this way at all.
var ErrUnreadable = errors.New("microsoft: this kind cannot be read")

// permission is one of Graph's, with those that include it.
type permission struct {
	name   string
	within []string
}

var (
	readSites  = permission{"Sites.Read.All", []string{"Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All"}}
	readGroups = permission{"GroupMember.Read.All", []string{"Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}}
	readUsers  = permission{"User.Read.All", []string{"User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}}
)

const (
	graphTop = "999" // the most that Graph gives of users and groups at once
	plansTop = "500" // with the plans of each, a page has ten megabytes
)

// graphList is a list of Graph: where it begins, and what is missing where it is refused.
type graphList struct {
	address string
	query   url.Values
	needs   permission
	apart   bool // Graph may go on with it under another address
}

func (l graphList) path() string { return l.address + "?" + escaped(l.query) }

// sitesColumns are those of a site.
const sitesColumns = "id,displayName,name,webUrl,isPersonalSite,siteCollection"

var graphLists = map[Kind]graphList{
	KindSites:     {"/v1.0/sites/getAllSites", url.Values{"$select": {sitesColumns}, "$top": {graphTop}}, readSites, false},
	KindOneDrives: {"/v1.0/sites/getAllSites", url.Values{"$select": {sitesColumns}, "$top": {graphTop}}, readSites, false},
	KindGroups:    {"/v1.0/groups", url.Values{"$filter": {"groupTypes/any(c:c eq 'Unified')"}, "$select": {"id,displayName,mail"}, "$top": {graphTop}}, readGroups, false},
	KindTeams:     {"/v1.0/groups", url.Values{"$filter": {"resourceProvisioningOptions/Any(x:x eq 'Team')"}, "$select": {"id,displayName,mail"}, "$top": {graphTop}}, readGroups, false},
	KindUsers:     {"/v1.0/users", url.Values{"$select": {"id,displayName,userPrincipalName,mail"}, "$top": {graphTop}}, readUsers, false},
	KindMailboxes: {"/v1.0/users", url.Values{"$select": {"id,displayName,userPrincipalName,mail,assignedPlans"}, "$top": {plansTop}}, readUsers, false},
}

// mostPages ends a list that never ends. At 300 sites a page it is six million.
const mostPages = 20_000

// The two sorts of places where a list goes on, by how Next begins.
const (
	inGraph = "graph:"
	inCSOM  = "csom:"
)

// Read reads what the tenant has of a kind, page by page, from where a former reading was left. An error of use ends it and comes back as it
// is. It returns ErrStale where the place is not known any more, and ErrNowhere.
func (s *Survey) Read(ctx context.Context, kind Kind, from string, use func(Things) error) error {
	page, err := s.pager(kind)
	if err != nil {
		return err
	}
	return walk(ctx, page, from, use)
}

// walk reads a list page by page. What leads to a page of before, or has no end, is ErrNowhere.
func walk(ctx context.Context, page func(context.Context, string) (Things, error), from string, use func(Things) error) error {
	seed := maphash.MakeSeed()
	seen := map[uint64]bool{}
	for at := from; len(seen) < mostPages; {
		things, err := page(ctx, at)
		if err != nil {
			if at == from && from != "" && notThere(err) || outdated(err) {
				return ErrStale
			}
			return err
		}
		seen[maphash.String(seed, at)] = true
		if things.Next != "" && seen[maphash.String(seed, things.Next)] {
			return ErrNowhere
		}
		if err := use(things); err != nil || things.Next == "" {
			return err
		}
		at = things.Next
	}
	return ErrNowhere
}

// pager is how a kind is read: a page from a place on.
func (s *Survey) pager(kind Kind) (func(context.Context, string) (Things, error), error) {
	if filter, listed := s.csomLists()[kind]; listed && s.renewal != nil {
		return func(ctx context.Context, at string) (Things, error) { return s.csomPage(ctx, kind, filter, at) }, nil
	}
	list, listed := graphLists[kind]
	if !listed {
		return nil, ErrUnreadable
	}
	return func(ctx context.Context, at string) (Things, error) { return s.graphPage(ctx, kind, list, at) }, nil
}

// errPlace is a place that is none of the list's.
var errPlace = errors.New("microsoft: not a place of this list")

// stale are the words for a place that Graph has forgotten (Microsoft Graph, delta query and paging).
var stale = []string{"Directory_ExpiredPageToken", "syncStateNotFound", "syncStateInvalid", "resyncRequired", "Directory_ResyncRequired"}

// outdated reports whether Graph says that it has forgotten the place.
func outdated(err error) bool {
	f, ok := errors.AsType[fault](err)
	return ok && f.reply.Marked && slices.ContainsFunc(stale, func(word string) bool { return strings.EqualFold(word, f.reply.Word) })
}

// misplaced are the words by which CSOM refuses a place that it does not know.
var misplaced = []string{
	"Microsoft.SharePoint.Client.InvalidClientQueryException", "System.ArgumentException", "System.ArgumentOutOfRangeException", "System.FormatException",
}

// notThere reports whether the service refused a place that a former reading left: the query itself it took before.
func notThere(err error) bool {
	if errors.Is(err, errPlace) {
		return true
	}
	f, ok := errors.AsType[fault](err)
	return ok && f.reply.Marked && (f.reply.HTTP == http.StatusBadRequest || f.reply.HTTP == http.StatusGone || slices.Contains(misplaced, f.reply.Word))
}

// graphPage reads one page by Graph.
func (s *Survey) graphPage(ctx context.Context, kind Kind, list graphList, at string) (Things, error) {
	path := list.path()
	if at != "" {
		place, ours := strings.CutPrefix(at, inGraph)
		if !ours || !list.leads(place) {
			return Things{}, errPlace
		}
		path = place
	}
	var page struct {
		Value json.RawMessage `json:"value"`
		Next  string          `json:"@odata.nextLink"`
	}
	if err := s.graph(ctx, path, &page, list.needs); err != nil {
		return Things{}, err
	}
	found, err := thingsOf(kind, page.Value, s.hosts)
	if err != nil {
		return Things{}, s.held(err, list.needs)
	}
	things := Things{List: found}
	if page.Next == "" && at == "" && empty(page.Value) && peopled(kind) {
		return Things{}, noAnswer(verdict.BadAnswer, s.hosts.graph+" answered that the tenant has no users")
	}
	if page.Next == "" {
		return things, nil
	}
	next, ok := graph{host: s.hosts.graph}.follow(page.Next)
	if !ok || !list.leads(next) {
		return Things{}, ErrNowhere
	}
	things.Next = inGraph + next
	return things, nil
}

// empty reports whether a list has nothing in it.
func empty(list json.RawMessage) bool {
	var items []json.RawMessage
	return json.Unmarshal(list, &items) == nil && len(items) == 0
}

// peopled reports whether a kind is read from the users of a tenant. There is none without a single user, so that an empty list of them is
// one that was not read (X9): it must not mark everybody gone.
func peopled(kind Kind) bool { return kind == KindUsers || kind == KindMailboxes }

// leads reports whether a path is of this list. Graph writes the names of its parts in any case.
func (l graphList) leads(path string) bool {
	address, query, _ := strings.Cut(path, "?")
	return (l.apart || strings.EqualFold(strings.TrimSuffix(address, "()"), l.address)) && query != "" && len(path) < 8192 && headerText(strings.ReplaceAll(path, " ", ""))
}

// listed is a site, a group or a user as Graph lists them.
type listed struct {
	Type     string `json:"@odata.type"`
	ID       string `json:"id"`
	Name     string `json:"displayName"`
	Short    string `json:"name"`
	Username string `json:"userPrincipalName"`
	Mail     string `json:"mail"`
	Address  string `json:"webUrl"`
	Personal *bool  `json:"isPersonalSite"`
	Plans    []plan `json:"assignedPlans"`
	Site     struct {
		Archival struct {
			Status string `json:"archiveStatus"`
		} `json:"archivalDetails"`
	} `json:"siteCollection"`
}

// thingsOf are those of a page that are of the kind. Graph leaves the plans of users out where the permission is missing; then nobody can tell
// who has a mailbox, which is something else than nobody (X47).
func thingsOf(kind Kind, value json.RawMessage, h hosts) ([]Thing, error) {
	var items []listed
	if err := json.Unmarshal(value, &items); err != nil || items == nil {
		return nil, noAnswer(verdict.BadAnswer, h.graph+" answered without a list")
	}
	list := make([]Thing, 0, len(items))
	for _, item := range items {
		if kind == KindMailboxes && item.Plans == nil {
			return nil, fault{code: verdict.BadAnswer, detail: "users came without their plans", whose: whose.App, hidden: true}
		}
		if kind == related && (item.Type == "" || key(item.ID) == "") {
			return nil, noAnswer(verdict.BadAnswer, h.graph+" left out what an account owns or belongs to")
		}
		if t, is := item.thing(kind); is {
			list = append(list, t)
		}
	}
	return list, nil
}

// thing is the item as a thing of the kind; false for one of another.
func (l listed) thing(kind Kind) (t Thing, is bool) {
	t = Thing{ID: key(l.ID), Name: toTheLetter(l.Name), Address: toTheLetter(firstOf(l.Mail, l.Username)), Flaw: ""}
	switch kind {
	case KindSites, KindOneDrives:
		t = Thing{ID: siteID(l.ID), Name: toTheLetter(firstOf(l.Name, l.Short)), Address: toTheLetter(l.Address), Archived: archived(l.Site.Archival.Status)}
		is = l.personal() == (kind == KindOneDrives)
	case KindMailboxes:
		t.Address = toTheLetter(l.Mail)
		is = l.Mail != "" && slices.Contains(verdict.Products(plansOn(l.Plans)), "Exchange Online")
	case related:
		is = l.Type == "#microsoft.graph.group"
	default:
		is = true
	}
	if t.ID == "" {
		t.Flaw = NoID
	}
	if t.Name == "" {
		t.Name = t.Address
	}
	return t, is
}

// personal reports whether the site is a OneDrive; where it is not said, its host tells.
func (l listed) personal() bool {
	if l.Personal != nil {
		return *l.Personal
	}
	return personalAddress(l.Address)
}

// personalAddress reports whether an address is that of a OneDrive.
func personalAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	first, _, _ := strings.Cut(strings.ToLower(u.Hostname()), ".")
	return strings.HasSuffix(first, "-my") && strings.HasPrefix(strings.ToLower(u.Path), "/personal/")
}

// siteID is the id of the site collection, the second of the three parts of a site's id.
func siteID(id string) string {
	parts := strings.Split(id, ",")
	if len(parts) != 3 {
		return ""
	}
	return collection(parts[1])
}

// collection is the id of a site collection; empty for what is none.
func collection(id string) string {
	if id = strings.ToLower(id); guid.MatchString(id) {
		return id
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// csomList is what CSOM is asked for.
type csomList struct{ filter, personal, template string }

// templates of sites that are none of the others, in any case.
const (
	projectTemplate  = "PWA#0"
	personalTemplate = "SPSPERS"
	redirectTemplate = "REDIRECTSITE" // it leads to where a site has moved, and is no site itself
)

// csomLists are the lists of the admin center. It leaves OneDrives out unless they are asked for, and calls project sites by their template.
func (s *Survey) csomLists() map[Kind]csomList {
	return map[Kind]csomList{
		KindSites:     {"", "0", ""},
		KindOneDrives: {"Url -like '-my." + s.hosts.sharePoint + "/personal/'", "1", ""},
		KindProjects:  {"", "0", projectTemplate},
	}
}

// csomSite is a site as CSOM lists it. GUIDs come as /Guid(…)/.
type csomSite struct {
	ID       string `json:"SiteId"`
	URL      string `json:"Url"`
	Title    string `json:"Title"`
	Template string `json:"Template"`
	Lock     string `json:"LockState"`
	Archive  string `json:"ArchiveStatus"`
}

// csomPage reads one page by CSOM at the admin host.
func (s *Survey) csomPage(ctx context.Context, kind Kind, list csomList, at string) (Things, error) {
	index, ours := strings.CutPrefix(at, inCSOM)
	if at != "" && (!ours || !headerText(index)) {
		return Things{}, errPlace
	}
	host, err := s.adminCenter(ctx)
	if err != nil {
		return Things{}, err
	}
	values, err := s.csom(ctx, host, list.query(index), true)
	if err != nil {
		return Things{}, err
	}
	var page struct {
		Sites []csomSite `json:"_Child_Items_"`
		Next  *string    `json:"NextStartIndexFromSharePoint"`
	}
	if len(values) == 0 || json.Unmarshal(values[len(values)-1], &page) != nil || page.Sites == nil {
		return Things{}, noAnswer(verdict.BadAnswer, host+" answered without a list of sites")
	}
	var things Things
	for _, site := range page.Sites {
		if site.is(kind) {
			things.List = append(things.List, site.thing())
		}
	}
	if page.Next != nil && *page.Next != "" {
		if things.Next = inCSOM + *page.Next; !headerText(*page.Next) {
			return Things{}, ErrNowhere
		}
	}
	return things, nil
}

// query writes the question of a page, as public clients do.
func (l csomList) query(index string) []byte {
	return csomQuery(
		`<ObjectPath Id="2" ObjectPathId="1"/><ObjectPath Id="4" ObjectPathId="3"/><Query Id="5" ObjectPathId="3">`+
			`<Query SelectAllProperties="true"><Properties/></Query><ChildItemQuery SelectAllProperties="true"><Properties/></ChildItemQuery></Query>`,
		`<Constructor Id="1" TypeId="`+tenantType+`"/><Method Id="3" ParentId="1" Name="GetSitePropertiesFromSharePointByFilters"><Parameters>`+
			`<Parameter TypeId="`+filtersType+`">`+property("Filter", "String", l.filter)+property("IncludeDetail", "Boolean", "false")+
			property("IncludePersonalSite", "Enum", l.personal)+property("StartIndex", "String", firstOf(index, "0"))+property("Template", "String", l.template)+
			`</Parameter></Parameters></Method>`)
}

// is reports whether the site is of the kind.
func (c csomSite) is(kind Kind) bool {
	template := strings.ToUpper(c.Template)
	switch kind {
	case KindProjects:
		return template == projectTemplate
	case KindOneDrives:
		return c.personal()
	}
	return template != projectTemplate && !c.personal() && !strings.HasPrefix(template, redirectTemplate)
}

// personal reports whether the site is a OneDrive.
func (c csomSite) personal() bool {
	return strings.HasPrefix(strings.ToUpper(c.Template), personalTemplate) || personalAddress(c.URL)
}

func (c csomSite) thing() Thing {
	t := Thing{
		ID: collection(strings.TrimSuffix(strings.TrimPrefix(c.ID, "/Guid("), ")/")), Name: toTheLetter(firstOf(c.Title, c.URL)), Address: toTheLetter(c.URL),
		Lock: lockOf(c.Lock), Archived: archived(c.Archive),
	}
	if t.ID == "" {
		t.Flaw = NoID
	}
	return t
}

// lockOf is the lock of a site; empty where it has none.
func lockOf(state string) string {
	if strings.EqualFold(state, "Unlock") {
		return ""
	}
	return key(state)
}

// archived reports whether a site is in the archive, by its status there.
func archived(status string) bool {
	return status != "" && !strings.EqualFold(status, "NotArchived") && !strings.EqualFold(status, "Reactivating")
}
