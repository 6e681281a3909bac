package profile

import (
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/sheet"
)

// ImportID names an import; ids sort in the order in which files came.
type ImportID string

// Import is a file of profiles that somebody checks or brings in (R30). What it says of single rows is kept in memory for a while; how far
// it came stands in the activity log.
type Import struct {
	ID    ImportID
	By    string // who brought the file, as they are called
	File  string // its name; empty where it is not known any more
	State ImportState
	Begun time.Time
	Ended time.Time // zero while it goes on
	Total int
	Done  int // rows with an outcome that is more than a promise
	// Counts are the rows by outcome: what Import would do of one that was checked, what it did otherwise.
	Counts   map[RowOutcome]int
	Failure  string // why it ended before its last row, in a sentence; empty: it did not
	Reported bool   // its rows are still known
	Held     bool   // the checked file can be imported without being chosen again
	Untested int    // profiles of the file that nobody has validated yet, and that Validate has not been asked for
}

// ImportState is how far an import is.
type ImportState string

// The states of an import. One that is Cut ended with the process that worked on it.
const (
	Checked   ImportState = "checked"
	Importing ImportState = "importing"
	Imported  ImportState = "imported"
	Stopped   ImportState = "stopped"
	Cut       ImportState = "cut"
)

// Over reports whether nothing more is stored of it.
func (s ImportState) Over() bool { return s != Importing }

// ImportRow is one row of the file, as the report has it. It never holds a secret.
type ImportRow struct {
	Line     int    // as sheet.Row has it
	Where    string // the same in words
	Name     string
	Username string
	Outcome  RowOutcome
	Notes    string // what changes, or why the row is refused
	Profile  ID     // empty: there is none

	untested bool // the profile is there, nobody has validated it, and no run of the import's has it
}

// RowOutcome is what becomes of a row.
type RowOutcome string

// The outcomes of a row.
const (
	RowNew       RowOutcome = "new"
	RowChanged   RowOutcome = "changed"
	RowUnchanged RowOutcome = "unchanged"
	RowRefused   RowOutcome = "refused"
	RowWaiting   RowOutcome = "waiting" // its turn has not come
)

// RowOutcomes lists them in the order of the report.
var RowOutcomes = []RowOutcome{RowNew, RowChanged, RowUnchanged, RowRefused, RowWaiting}

// The actions of imports and exports in the activity log.
const (
	ImportBegun  audit.Action = "profile import begun"
	ImportStored audit.Action = "profile import continued"
	ImportEnded  audit.Action = "profile import ended"
	Compared     audit.Action = "profile passwords compared"
	Exported     audit.Action = "profiles exported"
)

// The limits of a file of profiles.
const (
	MaxImport     = 8 << 20 // bytes
	MaxImportRows = 20_000
)

// The columns of a file of profiles.
const (
	columnName        = "name"
	columnDescription = "description"
	columnTenant      = "tenant"
	columnServices    = "services"
	columnUsername    = "username"
	columnPassword    = "password"
	columnType        = "type"
	columnAdminCenter = "admin_center_url"
)

var importLayout = sheet.Layout{
	Columns: []sheet.Column{
		{Name: columnName, Required: true},
		{Name: columnDescription, Lines: true},
		{Name: columnTenant, Required: true},
		{Name: columnServices, Required: true, List: true},
		{Name: columnUsername, Required: true},
		{Name: columnPassword},
		{Name: columnType},
		{Name: columnAdminCenter},
	},
	MaxBytes: MaxImport, MaxRows: MaxImportRows, JSON: true,
}

// Template is a file of profiles with nothing but its head.
const Template = "name,description,tenant,services,username,password,type,admin_center_url\r\n"

// FieldFile is the field of the file in the form of an import, as problems name it.
const FieldFile = "file"

var (
	errNoImport   = problem.New(problem.NotFound, "This import doesn't exist, or its report is no longer kept.")
	errNotHeld    = problem.Field(FieldFile, "Purser no longer holds the checked file. Choose it again, then select Import.")
	errImportBusy = problem.New(problem.Unavailable, "Another import is in progress. Nothing from this file was stored. Try again when it is finished.")
)

// What a Store returns for a profile of an import, beside ErrNameTaken, ErrChanged and ErrGone.
var ErrNoTenant = errors.New("profile: the tenant is not there, or no longer")

// Brought is a profile as an import stores it.
type Brought struct {
	Profile  Profile
	Was      int64  // the version that it has; 0: it is a new one
	Password []byte // sealed; nil: it stays as it is
	Anew     bool   // its outcome becomes that of Profile, which nobody has validated
	Entry    audit.Entry
}
