package scan

import (
	_ "embed"
	"slices"
	"strings"
)

// Code names why something of a scan went wrong (R56).
type Code string

// The codes that Purser gives by itself. cs is of scans, ps of pools and the sites that they are registered on; what each means is in
// codes.tsv.
const (
	Throttled       Code = "cs0000001"
	Unavailable     Code = "cs0000002"
	GroupSites      Code = "cs0000004"
	MFAEnabled      Code = "cs0000005"
	AccountRefused  Code = "cs0000006"
	AppRefused      Code = "cs0000007"
	NoPermission    Code = "cs0000008"
	NoRole          Code = "cs0000009"
	AccountOff      Code = "cs0000010"
	PolicyBlocks    Code = "cs0000011"
	NotReachable    Code = "cs0000012"
	NotReadOn       Code = "cs0000013"
	NotByMethod     Code = "cs0000014"
	StillRuns       Code = "cs0000015"
	StoppedByPerson Code = "cs0000016"
	PasswordEnded   Code = "cs0000017"
	LeftAlone       Code = "cs0000018"
	NoAppProfile    Code = "cs0000019"
	NoCredential    Code = "cs0000020"
	NoAccount       Code = "cs0000021"
	AlteredOutside  Code = "cs0000022"
	NoTenant        Code = "cs0000023"
	FederatedDomain Code = "cs0000024"
	AccountLocked   Code = "cs0000025"
	OursFailed      Code = "cs0000026"
	AccountBusy     Code = "cs0000027"
	NoID            Code = "cs0000028"
	NoMember        Code = "cs0000029"

	NoLicence       Code = "ps0000001"
	SiteLocked      Code = "ps0000002"
	SiteReadOnly    Code = "ps0000003"
	SiteArchived    Code = "ps0000004"
	SiteRefused     Code = "ps0000005"
	SiteGone        Code = "ps0000006"
	AdminsChanged   Code = "ps0000007"
	GroupNotTaken   Code = "ps0000008"
	TermStoreByHand Code = "ps0000009"
	SitesLeftOver   Code = "ps0000010"
	NotRegistered   Code = "ps0000011"
	NoGroup         Code = "ps0000012"
)

// Explanation is what a code means, in sentences.
type Explanation struct {
	Code   Code
	Title  string // in a few words
	Cause  string
	Remedy string
}

//go:embed codes.tsv
var codesTSV string

var explanations = func() []Explanation {
	var list []Explanation
	for line := range strings.Lines(codesTSV) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) != 4 {
			panic("scan: codes.tsv has a row of another width: " + line)
		}
		list = append(list, Explanation{Code(row[0]), row[1], row[2], row[3]})
	}
	return list
}()

// Explain gives the meaning of a code. One of a later release has a title of its own, so that a page shows it all the same.
func Explain(c Code) Explanation {
	i := slices.IndexFunc(explanations, func(e Explanation) bool { return e.Code == c })
	if i < 0 {
		return Explanation{
			Code: c, Title: "Code " + string(c), Cause: "This version of Purser doesn't know this code.", Remedy: "Look for it in the help of the Purser version that wrote it.",
		}
	}
	return explanations[i]
}

// Explanations lists all of them in the order of the help page.
func Explanations() []Explanation { return slices.Clone(explanations) }
