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
	// mostSites is how many sites are remembered between reading a list and reading it back.
	mostSites = 1000
	// siteHolds is for how long: a site may be given another owner, and the former one be left as an administrator, who must not be taken for
	// the owner then.
	siteHolds = 10 * time.Second
)

// knownSite is what stays with a site, and until when it is taken to be that.
type knownSite struct {
	siteState
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

// AddSiteAdministrator makes one more an administrator of a site, and takes the right from nobody: SharePoint is told of the one alone, so that
// whoever is added at the same time stays.
func (s *Survey) AddSiteAdministrator(ctx context.Context, id, address, name string) error {
	if s.renewal == nil {
		return ErrNotByApp
	}
	if !s.barred.Load() {
		err := s.addCentrally(ctx, id, address, name)
		if err == nil || !s.barring(ctx, id, &err) {
			return err
		}
	}
	return s.addLocally(ctx, address, name)
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

// archivedException ends the type of the refusal of a site that is archived.
const archivedException = "SiteArchivedException"

// readOnly is the number of the refusal of a site that takes nothing new.
const readOnly = -2130575202

// outOfTime is the type of an error of CSOM's that refuses nothing.
const outOfTime = "System.TimeoutException"

// asREST gives a refusal by CSOM, which comes with status 200, the status that REST refuses the same with. What is no refusal stays as it is.
func asREST(err error) error {
	f, ok := errors.AsType[fault](err)
	switch {
	case !ok || f.reply.HTTP != http.StatusOK || f.number == 0 || f.number == oldDigest || f.reply.Word == outOfTime:
		return err
	case slices.Contains(noSuch, f.reply.Word):
		f.reply.HTTP = http.StatusNotFound
	case strings.HasSuffix(f.reply.Word, archivedException):
		f.reply.HTTP = http.StatusLocked
	case f.number == readOnly:
		f.reply.HTTP = http.StatusForbidden
	default:
		f.reply.HTTP = http.StatusBadRequest
	}
	f.whose = f.reply.Whose()
	return f
}

// ofSite turns a refusal into what it says of the site, by status, type and number.
func ofSite(err error) error {
	f, ok := errors.AsType[fault](err)
	switch {
	case !ok || !f.reply.Marked:
		return err
	case f.reply.HTTP == http.StatusNotFound && slices.Contains(noSuch, f.reply.Word):
		return ErrNoSite
	case f.reply.HTTP == http.StatusLocked && strings.HasSuffix(f.reply.Word, archivedException):
		return ErrSiteArchived
	case f.reply.HTTP == http.StatusLocked, f.reply.HTTP == http.StatusForbidden && f.number == readOnly:
		return ErrSiteLocked
	}
	return err
}

// siteState is what the admin center knows of one site.
type siteState struct {
	URL     string `json:"Url"`
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
	_, err = s.rest(ctx, request{host: host, path: "/_api/SPO.Tenant/sites('" + url.PathEscape(id) + "')?$select=Url,OwnerLoginName,LockState,ArchiveStatus"}, &state)
	return state, ofSite(err)
}

// identity gives what stays with a site: its owner, whom the list of administrators holds too, and its address. It is asked for anew after a moment.
func (s *Survey) identity(ctx context.Context, id string) (siteState, error) {
	s.mu.Lock()
	site, known := s.sites[id]
	s.mu.Unlock()
	if known && s.client.now().Before(site.until) {
		return site.siteState, nil
	}
	found, err := s.state(ctx, id)
	if err != nil {
		return siteState{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sites) >= mostSites {
		clear(s.sites)
	}
	s.sites[id] = knownSite{found, s.client.now().Add(siteHolds)}
	return found, nil
}

// principal is somebody as SharePoint lists them. Its two ways write the name differently, which JSON reads as the same.
type principal struct {
	ID    int    `json:"Id"`
	Login string `json:"LoginName"`
}

// principals reads a list of them whole: of one that is cut short nobody could tell who lost the right.
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
	site, err := s.identity(ctx, id)
	if err != nil {
		return nil, err
	}
	names, err := s.principals(ctx, request{host: host, path: "/_api/SPO.Tenant/GetSiteAdministrators?siteId='" + url.PathEscape(id) + "'", method: http.MethodPost})
	return without(names, site.Owner), err
}

// addCentrally lets the admin center add an administrator. CSOM calls a site by its address: by the one that the site with the id has now, so
// that nobody is added to another site that took an old address over.
func (s *Survey) addCentrally(ctx context.Context, id, address, name string) error {
	if collection(id) == "" {
		return noAnswer(verdict.BadAnswer, "a site without an id")
	}
	host, err := s.adminCenter(ctx)
	if err != nil {
		return err
	}
	site, err := s.identity(ctx, id)
	if err != nil {
		return err
	}
	_, err = s.csom(ctx, host, csomQuery(
		`<ObjectPath Id="2" ObjectPathId="1"/><Method Name="SetSiteAdmin" Id="3" ObjectPathId="1"><Parameters>`+
			`<Parameter Type="String">`+inXML(firstOf(site.URL, address))+`</Parameter><Parameter Type="String">`+inXML(name)+`</Parameter>`+
			`<Parameter Type="Boolean">true</Parameter></Parameters></Method>`,
		`<Constructor Id="1" TypeId="`+tenantType+`"/>`), false)
	return asREST(err)
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

// addLocally adds an administrator at the site itself, which wants to know whom it makes one.
func (s *Survey) addLocally(ctx context.Context, address, name string) error {
	if err := s.ensure(ctx, address, name); err != nil {
		return err
	}
	return s.appoint(ctx, address, name)
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
	_, err = s.rest(ctx, request{
		host: host, path: path + "/_api/web/siteusers(" + url.PathEscape(literal(name)) + ")", json: []byte(`{"IsSiteAdmin":true}`),
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
