package microsoft

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// What becomes of a question about a site's administrators beside a fault.
var (
	ErrNoSite       = errors.New("microsoft: the site is not there")
	ErrSiteLocked   = errors.New("microsoft: the site is locked")
	ErrSiteArchived = errors.New("microsoft: the site is archived")
	ErrUnsupported  = errors.New("microsoft: SharePoint does not allow this")
)

const (
	// mostOwners is how many owners of sites are remembered between reading a list and reading it back.
	mostOwners = 1000
	// ownerHolds is for how long: a site may be given another owner, and the former one be left as an administrator, who must not be
	// taken for the owner then.
	ownerHolds = 10 * time.Second
)

// ownerOf is the login name of a site's owner, and until when it is taken to be that.
type ownerOf struct {
	login string
	until time.Time
}

// SiteAdministrators gives the login names of the administrators of a site, its owner's not among them. Where the admin center lets the account
// in to nothing, the site itself is asked, as one of its administrators.
func (s *Survey) SiteAdministrators(ctx context.Context, id, address string) ([]string, error) {
	if s.renewal == nil {
		return nil, ErrNotByApp
	}
	if !s.barred.Load() {
		names, err := s.centrally(ctx, id)
		if err == nil || !s.barring(ctx, id, &err) {
			return names, err
		}
	}
	return s.locally(ctx, address)
}

// SetSiteAdministrators makes these the administrators of a site beside its owner. The admin center puts them in the place of those that there
// are, so that who is not named loses the right; a site itself takes it from nobody, because somebody may have been named meanwhile.
func (s *Survey) SetSiteAdministrators(ctx context.Context, id, address string, names []string) error {
	if s.renewal == nil {
		return ErrNotByApp
	}
	if !s.barred.Load() {
		err := s.setCentrally(ctx, id, names)
		if err == nil || !s.barring(ctx, id, &err) {
			return err
		}
	}
	return s.setLocally(ctx, address, names)
}

// barring looks what a refusal of the admin center is about: it reports true where the account is let in to nothing there. Otherwise the site
// is what refuses, and err says why as far as the site's own state tells.
func (s *Survey) barring(ctx context.Context, id string, err *error) bool {
	*err = ofSite(*err)
	f, refused := errors.AsType[fault](*err)
	if !refused || !f.reply.Marked || f.reply.HTTP/100 != 4 || f.reply.HTTP == http.StatusTooManyRequests {
		return false
	}
	state, asked := s.state(ctx, id)
	if g, ok := errors.AsType[fault](asked); ok && g.reply.Denied() && f.reply.Denied() {
		s.barred.Store(true)
		return true
	}
	switch {
	case errors.Is(asked, ErrNoSite):
		*err = ErrNoSite
	case asked != nil:
	case archived(state.Archive):
		*err = ErrSiteArchived
	case lockOf(state.Lock) != "":
		*err = ErrSiteLocked
	}
	return false
}

// noSuch are the words by which SharePoint says that a site is not there.
var noSuch = []string{"Microsoft.Online.SharePoint.Common.SpoNoSiteException", "System.IO.FileNotFoundException"}

// readOnly is the number of the refusal of a site that takes nothing new.
const readOnly = -2130575202

// ofSite turns a refusal into what it says of the site, by status, type and number.
func ofSite(err error) error {
	f, ok := errors.AsType[fault](err)
	switch {
	case !ok || !f.reply.Marked:
		return err
	case f.reply.HTTP == http.StatusNotFound && slices.Contains(noSuch, f.reply.Word):
		return ErrNoSite
	case f.reply.HTTP == http.StatusLocked && strings.HasSuffix(f.reply.Word, "SiteArchivedException"):
		return ErrSiteArchived
	case f.reply.HTTP == http.StatusLocked, f.reply.HTTP == http.StatusForbidden && f.number == readOnly:
		return ErrSiteLocked
	}
	return err
}

// siteState is what the admin center knows of one site.
type siteState struct {
	Owner   string `json:"OwnerLoginName"`
	Lock    string `json:"LockState"`
	Archive string `json:"ArchiveStatus"`
}

// state asks the admin center about one site.
func (s *Survey) state(ctx context.Context, id string) (siteState, error) {
	host, err := s.adminCenter(ctx)
	if err != nil {
		return siteState{}, err
	}
	var state siteState
	_, err = s.rest(ctx, request{host: host, path: "/_api/SPO.Tenant/sites('" + url.PathEscape(id) + "')?$select=OwnerLoginName,LockState,ArchiveStatus"}, &state)
	return state, ofSite(err)
}

// owner gives the login name of a site's owner, which the list of administrators holds too.
func (s *Survey) owner(ctx context.Context, id string) (string, error) {
	s.mu.Lock()
	known := s.owners[id]
	s.mu.Unlock()
	if s.client.now().Before(known.until) {
		return known.login, nil
	}
	state, err := s.state(ctx, id)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.owners) >= mostOwners {
		clear(s.owners)
	}
	s.owners[id] = ownerOf{state.Owner, s.client.now().Add(ownerHolds)}
	return state.Owner, nil
}

// principal is somebody as SharePoint lists them. Its two ways write the name differently, which JSON reads as the same.
type principal struct {
	ID    int    `json:"Id"`
	Login string `json:"LoginName"`
}

// principals reads a list of them whole: one that is cut short would take rights away when it is written back.
func (s *Survey) principals(ctx context.Context, r request) ([]string, error) {
	var page struct {
		Value json.RawMessage `json:"value"`
		Next  string          `json:"odata.nextLink"`
		Later string          `json:"@odata.nextLink"`
	}
	if _, err := s.rest(ctx, r, &page); err != nil {
		return nil, err
	}
	var list []principal
	if json.Unmarshal(page.Value, &list) != nil || list == nil {
		return nil, noAnswer(verdict.BadAnswer, r.host+" answered without a list of administrators")
	}
	if page.Next+page.Later != "" {
		return nil, noAnswer(verdict.BadAnswer, r.host+" gave a part of the administrators only")
	}
	names := make([]string, 0, len(list))
	for _, p := range list {
		if p.Login == "" || len(p.Login) > longestLogin {
			return nil, noAnswer(verdict.BadAnswer, r.host+" listed an administrator without a login name")
		}
		names = append(names, p.Login)
	}
	return names, nil
}

// longestLogin is more than any login name has.
const longestLogin = 1024

// without leaves a name out, as SharePoint compares them.
func without(names []string, name string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// centrally asks the admin center who administers a site.
func (s *Survey) centrally(ctx context.Context, id string) ([]string, error) {
	if collection(id) == "" {
		return nil, noAnswer(verdict.BadAnswer, "a site without an id")
	}
	host, err := s.adminCenter(ctx)
	if err != nil {
		return nil, err
	}
	owner, err := s.owner(ctx, id)
	if err != nil {
		return nil, err
	}
	names, err := s.principals(ctx, request{host: host, path: "/_api/SPO.Tenant/GetSiteAdministrators?siteId='" + url.PathEscape(id) + "'", method: http.MethodPost})
	return without(names, owner), err
}

// setCentrally puts the names in the place of those that there are.
func (s *Survey) setCentrally(ctx context.Context, id string, names []string) error {
	if collection(id) == "" {
		return noAnswer(verdict.BadAnswer, "a site without an id")
	}
	host, err := s.adminCenter(ctx)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"secondaryAdministratorsFieldsData": map[string]any{"siteId": id, "secondaryAdministratorLoginNames": append([]string{}, names...)}})
	if err != nil {
		return noAnswer(verdict.BadAnswer, "the administrators cannot be written")
	}
	_, err = s.rest(ctx, request{host: host, path: "/_api/SPOInternalUseOnly.Tenant/SetSiteSecondaryAdministrators", json: body}, nil)
	return err
}

// site takes an address of a site apart: the host, which must be one of the tenant's, and the path.
func (s *Survey) site(ctx context.Context, address string) (host, path string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" {
		return "", "", noAnswer(verdict.BadAnswer, "a site without an address that can be asked")
	}
	if _, err := s.called(ctx); err != nil {
		return "", "", err
	}
	return strings.ToLower(u.Hostname()), strings.TrimRight(u.EscapedPath(), "/"), nil
}

// locally asks the site itself who administers it.
func (s *Survey) locally(ctx context.Context, address string) ([]string, error) {
	host, path, err := s.site(ctx, address)
	if err != nil {
		return nil, err
	}
	var owner principal
	if _, err := s.rest(ctx, request{host: host, path: path + "/_api/site/owner?$select=LoginName"}, &owner); err != nil {
		return nil, ofSite(err)
	}
	query := url.Values{"$filter": {"IsSiteAdmin eq true"}, "$select": {"LoginName"}}
	names, err := s.principals(ctx, request{host: host, path: path + "/_api/web/siteusers?" + escaped(query)})
	return without(names, owner.Login), ofSite(err)
}

// setLocally gives the right at the site itself to those of the names that lack it.
func (s *Survey) setLocally(ctx context.Context, address string, names []string) error {
	now, err := s.locally(ctx, address)
	if err != nil {
		return err
	}
	for _, name := range names {
		if slices.ContainsFunc(now, func(n string) bool { return strings.EqualFold(n, name) }) {
			continue
		}
		if err := s.ensure(ctx, address, name); err != nil {
			return err
		}
		if err := s.appoint(ctx, address, name); err != nil {
			return err
		}
	}
	return nil
}

// ensure makes somebody known to a site.
func (s *Survey) ensure(ctx context.Context, address, name string) error {
	host, path, err := s.site(ctx, address)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"logonName": name})
	if err != nil {
		return noAnswer(verdict.BadAnswer, "the login name cannot be written")
	}
	var known principal
	_, err = s.rest(ctx, request{host: host, path: path + "/_api/web/ensureuser", json: body}, &known)
	if err == nil && !strings.EqualFold(known.Login, name) {
		err = noAnswer(verdict.BadAnswer, host+" knows another account by that login name")
	}
	return ofSite(err)
}

// appoint makes somebody whom a site knows its administrator.
func (s *Survey) appoint(ctx context.Context, address, name string) error {
	host, path, err := s.site(ctx, address)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]bool{"IsSiteAdmin": true})
	if err != nil {
		return noAnswer(verdict.BadAnswer, "the right cannot be written")
	}
	_, err = s.rest(ctx, request{
		host: host, path: path + "/_api/web/siteusers(" + url.PathEscape(literal(name)) + ")", json: body,
		header: map[string]string{"X-HTTP-Method": "MERGE", "If-Match": "*"},
	}, nil)
	return ofSite(err)
}

// AddTermStoreAdministrator makes an account administrator of the tenant's term store. It returns ErrUnsupported where SharePoint refuses
// for another reason than that a permission is missing.
func (s *Survey) AddTermStoreAdministrator(ctx context.Context, username string) error {
	if s.renewal == nil {
		return ErrNotByApp
	}
	host, err := s.adminCenter(ctx)
	if err != nil {
		return err
	}
	_, err = s.csom(ctx, host, csomQuery(
		`<ObjectPath Id="3" ObjectPathId="2"/><ObjectPath Id="5" ObjectPathId="4"/>`+
			`<Method Name="AddTermStoreAdministrator" Id="6" ObjectPathId="4"><Parameters><Parameter Type="String">`+inXML(userClaim+username)+`</Parameter></Parameters></Method>`+
			`<Method Name="CommitAll" Id="7" ObjectPathId="4"/>`,
		`<StaticMethod Id="2" Name="GetTaxonomySession" TypeId="`+taxonomyType+`"/><Method Id="4" ParentId="2" Name="GetDefaultSiteCollectionTermStore"/>`), false)
	f, ok := errors.AsType[fault](err)
	switch {
	case !ok || !f.reply.Marked || f.throttled || f.reply.HTTP == http.StatusUnauthorized || f.reply.HTTP >= 500:
		return err
	case f.right == siteScope || f.reply.Denied() && !s.renewal.has(host, termScope):
		if f.right != siteScope {
			f.right, f.whose = termScope, whose.App
		}
		return f
	}
	return ErrUnsupported
}

// userClaim begins the login name of an account in SharePoint.
const userClaim = "i:0#.f|membership|"
