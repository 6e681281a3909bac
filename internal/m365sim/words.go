package m365sim

import (
	"io"

	"purser.example/internal/m365sim/fault"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/journal"
)

// The words of a fixture, for those who make one in Go. Package fixture says what each means.
type (
	Fixture     = fixture.Fixture
	Tenant      = fixture.Tenant
	Domain      = fixture.Domain
	App         = fixture.App
	AppSecret   = fixture.AppSecret
	Policy      = fixture.Policy
	User        = fixture.User
	SignInError = fixture.SignInError
	Group       = fixture.Group
	OtherMember = fixture.OtherMember
	Generate    = fixture.Generate
	Objects     = fixture.Objects
	SharePoint  = fixture.SharePoint
	Site        = fixture.Site
	Throttle    = fixture.Throttle
)

// Fault is an answer that stands in the way of the real one, and Request what the journal keeps of one request.
type (
	Fault    = fault.Fault
	Verbatim = fault.Verbatim
	Request  = journal.Request
)

// Load reads the fixture file at path; see Read.
func Load(path string) (Fixture, error) { return fixture.Load(path) }

// Read reads a fixture as JSON. Keys that no fixture has are an error that names each with its path; what the values mean is
// checked by New.
func Read(r io.Reader) (Fixture, error) { return fixture.Read(r) }
