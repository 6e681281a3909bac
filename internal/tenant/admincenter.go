package tenant

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"purser.example/internal/shown"
)

// adminHosts is how the SharePoint admin center of each cloud is addressed (Microsoft Graph, national cloud deployments).
var adminHosts = func() map[Cloud]*regexp.Regexp {
	hosts := map[Cloud]*regexp.Regexp{}
	for cloud, domain := range adminDomains {
		hosts[cloud] = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?-admin\.` + regexp.QuoteMeta(domain) + `$`)
	}
	return hosts
}()

var adminDomains = map[Cloud]string{
	Worldwide: "sharepoint.com", GCC: "sharepoint.com", GCCHigh: "sharepoint.us", DoD: "sharepoint-mil.us", China: "sharepoint.cn",
}

// OwnAdminURLs are the admin centers that a tenant's SharePoint may have by its own name: the first label of its initial domain, or of
// another domain of its own below the cloud's, to which SharePoint was renamed. None where no such domain is known.
func OwnAdminURLs(t Tenant) (urls []string) {
	domain := adminDomains[t.Cloud]
	if domain == "" {
		domain = adminDomains[Worldwide]
	}
	for _, name := range t.CloudNames() {
		urls = append(urls, "https://"+name+"-admin."+domain)
	}
	return urls
}

// DoubtAdminURL says what is doubtful about an address that can be an admin center: it is not the one that the tenant's name gives
// it, and none that the operator allows. A tenant may have renamed its SharePoint, so it is a warning and no mistake (R44, X50). Where
// nobody has told Purser the tenant's initial domain, the warning says that. Empty for nothing.
func DoubtAdminURL(address string, t Tenant, allowed []string) string {
	normal, wrong := CheckAdminURL(address, t.Cloud, allowed)
	own := OwnAdminURLs(t)
	switch {
	case wrong != "", slices.Contains(own, normal), slices.Contains(allowed, strings.TrimPrefix(normal, "https://")):
		return ""
	case len(own) == 0:
		return "Purser doesn't know the initial domain of " + shown.Name(t.Called()) + ", so it can't tell whether this is its admin center. Check the address. With another tenant's address, Purser can't reach this one."
	}
	return "This is not the usual admin center of " + shown.Name(t.Called()) + ", which is " + strings.Join(own, " or ") + ". Keep it only if this tenant has renamed its SharePoint. With another tenant's address, Purser can't reach this one."
}

// CheckAdminURL reads the address of a SharePoint admin center as somebody typed it, for a tenant of that cloud, and gives it in
// its one form. wrong says what to enter instead; empty: the address is good. Nobody fetches the address: it is only compared.
func CheckAdminURL(text string, cloud Cloud, allowed []string) (normal, wrong string) {
	if adminDomains[cloud] == "" {
		cloud = Worldwide
	}
	example := "Enter an address such as https://contoso-admin." + adminDomains[cloud] + "."
	u, err := url.Parse(shown.Trim(text))
	if err != nil || u.Host == "" {
		return "", example
	}
	host := strings.ToLower(u.Hostname())
	switch {
	case !strings.EqualFold(u.Scheme, "https"):
		return "", "The address must start with https://. " + example
	case u.User != nil || u.Port() != "" && u.Port() != "443":
		return "", "Enter the address without a username or port. " + example
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return "", "Enter only the start of the address, up to the host name. " + example
	case !slices.Contains(allowed, host) && (!adminHosts[cloud].MatchString(host) || strings.HasPrefix(host, "xn--")): // no tenant's name is written in punycode
		return "", "This is not a SharePoint admin center address in the tenant's cloud. " + example
	}
	return "https://" + host, ""
}
