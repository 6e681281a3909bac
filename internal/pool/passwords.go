package pool

import (
	"context"
	"fmt"
	"io"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/sheet"
	"purser.example/internal/shown"
)

// Import is a file of passwords as it was read, in the order of its rows. Rows with a Mistake are left out of a Save. It lives in
// memory only: nothing of the file touches the disk before a Save seals it.
type Import struct {
	Rows []ImportRow
}

// ImportRow is one row of the file.
type ImportRow struct {
	Line     int // in the file, from 1; the head is line 1
	Username string
	User     UserID // the member; empty where there is none
	App      bool   // an app password, so that Enable MFA is turned on
	Replaces bool   // something is stored already
	Mistake  string // why the row is left out; empty: it is good
	password secret.Value
}

// Good counts the rows that a Save would take.
func (i Import) Good() int {
	n := 0
	for _, r := range i.Rows {
		n += one(r.Mistake == "")
	}
	return n
}

// Changes are the members of a Change that stores what the good rows say.
func (i Import) Changes() []MemberChange {
	var list []MemberChange
	for _, r := range i.Rows {
		if r.Mistake == "" {
			list = append(list, MemberChange{User: r.User, MFA: r.App, Password: r.password})
		}
	}
	return list
}

// Clear overwrites the passwords.
func (i Import) Clear() {
	for _, r := range i.Rows {
		r.password.Clear()
	}
}

// The limits of a file of passwords.
const (
	MaxImport     = 8 << 20 // bytes
	MaxImportRows = 50_000
)

// Template is a file of passwords with nothing but its head.
const Template = "username,password,app_password\r\n"

// ReadPasswords reads a file of passwords and says for each row what a Save of Import.Changes would do with it, for the members of
// the reading (R47). Nothing is stored and nothing is sent. It returns problem.Invalid for a file that cannot be read as a whole.
func (s *Service) ReadPasswords(ctx context.Context, caller access.Caller, id ReadingID, file io.Reader) (Import, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Import{}, err
	}
	r, err := s.Reading(ctx, caller, id)
	if err != nil {
		return Import{}, err
	}
	if !r.Key.Class.NeedsPasswords() {
		return Import{}, problem.New(problem.Invalid, "Public folders need no password, so there is nothing to import.")
	}
	if r.State == ReadingRuns {
		return Import{}, problem.New(problem.Conflict, "The members of this group are still being read. Select the file again when the list is complete.")
	}
	read, err := readFile(file)
	if err != nil {
		return Import{}, err
	}
	defer read.Clear()
	roster, err := s.store.Roster(ctx, id)
	if err != nil {
		return Import{}, err
	}
	return s.judge(read, roster), nil
}

// judge says what becomes of each row.
func (s *Service) judge(file *sheet.Sheet, roster map[string]Member) Import {
	read := Import{Rows: make([]ImportRow, 0, len(file.Rows))}
	lines := map[string]int{}
	for _, row := range file.Rows {
		out := ImportRow{Line: row.Line, Mistake: row.Mistake}
		if out.Mistake == "" {
			out = s.judgeRow(row, roster, lines)
		}
		read.Rows = append(read.Rows, out)
	}
	return read
}

// judgeRow judges a row that can be read. lines has the line of each account that was named before.
func (s *Service) judgeRow(row sheet.Row, roster map[string]Member, lines map[string]int) ImportRow {
	username := shown.Trim(string(row.Field(columnUsername)))
	password, app := row.Field(columnPassword), row.Field(columnApp)
	out := ImportRow{Line: row.Line, App: len(app) > 0}
	switch {
	case username == "":
		out.Mistake = "The username is missing" + row.Short() + "."
		return out
	case !isUsername(username):
		out.Mistake = "This is not a username. Enter one such as pool01@contoso.com."
		return out
	}
	key := account.Fold(username)
	member, there := roster[key]
	out.Username, out.User = username, member.User
	out.Replaces = out.App && member.AppPassword || !out.App && member.Password
	earlier, twice := lines[key]
	if !twice {
		lines[key] = row.Line
	}
	switch {
	case !there:
		out.Mistake = "This account is not a member of the group."
	case len(password) > 0 && out.App:
		out.Mistake = "Enter the password or the app password, not both."
	case len(password) == 0 && !out.App:
		out.Mistake = "The password is missing" + row.Short() + "."
	case twice:
		out.Mistake = fmt.Sprintf("This account is already in line %d.", earlier)
	case out.App:
		out.password = secret.NewValue(app)
		out.Mistake = account.CheckAppPassword(out.password)
	default:
		out.password = secret.NewValue(password)
		out.Mistake = s.accounts.CheckFilePassword(out.password)
	}
	return out
}
