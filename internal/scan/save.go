package scan

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/shown"
)

// What may be typed, in characters.
const (
	MaxName        = 200
	MaxDescription = 1000
)

// Create stores a new scan profile. It returns problem.Invalid with the fields that are wrong, also for a name or type that is taken.
func (s *Service) Create(ctx context.Context, caller access.Caller, origin audit.Origin, p Profile) (Profile, error) {
	if err := require(caller); err != nil {
		return Profile{}, err
	}
	p = p.tidy()
	if err := s.check(ctx, p); err != nil {
		return Profile{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Profile{}, err
	}
	p.ID, p.Version = ProfileID(id.String()), 1
	p.Created = account.StampOf(caller, s.now())
	p.Modified, p.Next = p.Created, p.Schedule.Next(s.now(), time.Time{})
	e := audit.By(caller, origin, Created, p.target()).With("tenant", string(p.Tenant)).With("types", p.types()).With("method", string(p.Method))
	return p, taken(s.store.Create(ctx, p, e))
}

// Edit stores a scan profile where its version is still that of p. Its tenant stays. It returns what Create returns, and *Conflict. A
// schedule that is another one by now counts from the next time on.
func (s *Service) Edit(ctx context.Context, caller access.Caller, origin audit.Origin, p Profile) (Profile, error) {
	s.beginning.Lock()
	defer s.beginning.Unlock()
	old, err := s.Find(ctx, caller, p.ID)
	if err != nil {
		return Profile{}, err
	}
	p.Tenant = old.Tenant
	p = p.tidy()
	if err := s.check(ctx, p); err != nil {
		return Profile{}, err
	}
	if p.Version != old.Version {
		return Profile{}, &Conflict{Now: old}
	}
	p.Created, p.Modified, p.Next = old.Created, account.StampOf(caller, s.now()), old.Next
	if p.Schedule != old.Schedule {
		p.Next = p.Schedule.Next(s.now(), time.Time{})
	}
	p.Version++
	err = s.store.Update(ctx, p, old.Version, p.changedFrom(old, audit.By(caller, origin, Edited, p.target()).With("tenant", string(p.Tenant))))
	switch {
	case errors.Is(err, ErrGone):
		return Profile{}, errNoProfile
	case errors.Is(err, ErrChanged):
		return Profile{}, s.conflict(ctx, p.ID)
	}
	return p, taken(err)
}

// conflict is what somebody hears whom another one was faster than.
func (s *Service) conflict(ctx context.Context, id ProfileID) error {
	now, err := s.store.Profile(ctx, id)
	switch {
	case errors.Is(err, ErrGone):
		return errNoProfile
	case err != nil:
		return err
	}
	return &Conflict{Now: now}
}

// taken turns what a store says of names and types into what stands beside the fields.
func taken(err error) error {
	if other, ok := errors.AsType[*TypeTaken](err); ok {
		return problem.Field(FieldTypes, "The scan profile "+other.By.Name+" of this tenant already has "+other.Type.Title()+". Take the type out there first, or leave it out here.")
	}
	if errors.Is(err, ErrNameTaken) {
		return problem.Field(FieldName, "Another scan profile has this name. Enter a different one.")
	}
	return err
}

// tidy removes what nobody means: blanks around texts, types named twice, and what the method and the schedule don't ask for.
func (p Profile) tidy() Profile {
	p.Name = shown.Line(p.Name)
	p.Description = shown.Trim(strings.ReplaceAll(p.Description, "\r\n", "\n"))
	p.Types = inOrder(p.Types)
	if p.Method == ByApp {
		p.Account = ""
	}
	if !p.Schedule.Daily {
		p.Schedule = Schedule{}
	}
	return p
}

// inOrder puts types into their order, each once; those that nobody knows come last, so that a check finds them.
func inOrder(types []Type) []Type {
	var list []Type
	for _, t := range slices.Concat(Types, types) {
		if slices.Contains(types, t) && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// check lists everything that is wrong with a tidied profile.
func (s *Service) check(ctx context.Context, p Profile) error {
	var wrong []problem.FieldError
	add := func(field, message string) {
		if message != "" {
			wrong = append(wrong, problem.FieldError{Field: field, Message: message})
		}
	}
	add(FieldName, checkName(p.Name))
	add(FieldDescription, checkDescription(p.Description))
	add(FieldTypes, checkTypes(p.Types))
	add(FieldTime, checkTime(p.Schedule))
	add(FieldZone, checkZone(p.Schedule))
	message, err := s.checkTenant(ctx, p)
	if err != nil {
		return err
	}
	add(FieldTenant, message)
	field, message, err := s.checkMethod(ctx, p)
	if err != nil {
		return err
	}
	add(field, message)
	return problem.Join(wrong...)
}

func checkName(name string) string {
	switch {
	case shown.Bare(name) == "":
		return "Enter a name for the scan profile."
	case !utf8.ValidString(name) || strings.ContainsFunc(name, shown.Unprintable):
		return "Enter a name without control characters."
	case utf8.RuneCountInString(name) > MaxName:
		return "Enter a name of at most 200 characters."
	}
	return ""
}

func checkDescription(text string) string {
	allowed := func(r rune) bool { return r == '\n' || r == '\t' }
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !allowed(r) && shown.Unprintable(r) }):
		return "Enter a description without control characters."
	case utf8.RuneCountInString(text) > MaxDescription:
		return "Enter a description of at most 1,000 characters."
	}
	return ""
}

func checkTypes(types []Type) string {
	switch {
	case len(types) == 0:
		return "Select at least one object type."
	case slices.ContainsFunc(types, func(t Type) bool { return !t.Known() }):
		return "Select object types from the list only."
	}
	return ""
}

func checkTime(s Schedule) string {
	if s.Daily && (s.Minute < 0 || s.Minute >= 24*60) {
		return "Enter a time from 00:00 to 23:59."
	}
	return ""
}

func checkZone(s Schedule) string {
	if !s.Daily {
		return ""
	}
	if s.Zone == "" {
		return "Select a time zone."
	}
	if _, known := zoneOf(s.Zone); !known {
		return "Select a time zone from the list, such as Europe/Berlin."
	}
	return ""
}

func (s *Service) checkTenant(ctx context.Context, p Profile) (message string, err error) {
	if p.Tenant == "" {
		return "Select a tenant.", nil
	}
	_, err = s.tenants.Find(ctx, p.Tenant)
	if problem.KindOf(err) == problem.NotFound {
		return "This tenant is not connected. Select one from the list.", nil
	}
	return "", err
}

// checkMethod says what is wrong with the method, or with the account that it needs.
func (s *Service) checkMethod(ctx context.Context, p Profile) (field, message string, err error) {
	switch {
	case p.Method == ByApp:
		return "", "", nil
	case p.Method != ByAccount:
		return FieldMethod, "Select how the scan signs in.", nil
	case p.Account == "":
		return FieldAccount, "Select a service account profile.", nil
	}
	of, err := s.profiles.Known(ctx, p.Account)
	switch {
	case errors.Is(err, profile.ErrGone):
		return FieldAccount, "This service account profile no longer exists. Select another one.", nil
	case err != nil:
		return "", "", err
	case of.Kind != profile.Common:
		return FieldAccount, "A classic MFA profile keeps an app password, which Microsoft doesn't accept for scans. Select a common profile.", nil
	case of.Tenant != p.Tenant:
		return FieldAccount, "This service account profile belongs to another tenant. Select one of this tenant.", nil
	}
	return "", "", nil
}

// types are the object types as the activity log has them.
func (p Profile) types() string {
	names := make([]string, len(p.Types))
	for i, t := range p.Types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

// changedFrom adds to the entry of an edit what it changed, with what that was before.
func (p Profile) changedFrom(old Profile, e audit.Entry) audit.Entry {
	return e.With("changed", old.differences(p)).Changed("name", old.Name, p.Name).Changed("description", old.Description, p.Description).
		Changed("types", old.types(), p.types()).Changed("method", string(old.Method), string(p.Method)).
		Changed("account", string(old.Account), string(p.Account)).Changed("schedule", old.Schedule.told(), p.Schedule.told())
}

// told is the schedule as the activity log has it.
func (s Schedule) told() string {
	if !s.Daily {
		return "by hand"
	}
	return "daily at " + s.Clock() + " " + s.Zone
}

// differences names what an edit changed, for the activity log.
func (p Profile) differences(edited Profile) string {
	var parts []string
	for _, f := range []struct {
		name    string
		changed bool
	}{
		{"name", p.Name != edited.Name},
		{"description", p.Description != edited.Description},
		{"types", p.types() != edited.types()},
		{"method", p.Method != edited.Method},
		{"account", p.Account != edited.Account},
		{"schedule", p.Schedule != edited.Schedule},
	} {
		if f.changed {
			parts = append(parts, f.name)
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
