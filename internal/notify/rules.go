package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// Rules gives the rules, by name.
func (s *Service) Rules(ctx context.Context, caller access.Caller) ([]Rule, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return nil, err
	}
	return s.Store.Rules(ctx)
}

// SaveRule stores a rule over the version that it was shown in; one without an ID is new.
func (s *Service) SaveRule(ctx context.Context, caller access.Caller, origin audit.Origin, r Rule) (Rule, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return r, err
	}
	r.Name = shown.Trim(r.Name)
	before, err := s.ruleBefore(ctx, r.ID)
	if err != nil {
		return r, err
	}
	if err := s.checkRule(ctx, r); err != nil {
		return r, err
	}
	over := r.Version
	if r.ID == "" {
		r.ID, r.Created = RuleID(newID()), account.StampOf(caller, s.Now())
	} else {
		r.Created = before.Created
	}
	r.Version, r.Modified = over+1, account.StampOf(caller, s.Now())
	e := audit.By(caller, origin, RuleSaved, audit.Target{Kind: "notification rule", ID: string(r.ID), Name: r.Name})
	if over == 0 {
		e = e.With("new", "yes")
	}
	for name, of := range ruleFacts {
		e = e.Changed(name, of(before), of(r))
	}
	return r, told(s.Store.SaveRule(ctx, r, over, e), FieldName)
}

// ruleFacts are what the activity log says of a rule.
var ruleFacts = map[string]func(Rule) string{
	"on":       func(r Rule) string { return yes(r.On) },
	"kinds":    func(r Rule) string { return list(r.Kinds) },
	"tenants":  func(r Rule) string { return cmp.Or(list(r.Tenants), "all") },
	"receiver": func(r Rule) string { return list(r.Contacts) },
	"digest": func(r Rule) string {
		if !r.Morning {
			return "no"
		}
		return r.Schedule().Clock() + " " + r.Zone
	},
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func list[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}

// newID names what is new.
func (s *Service) ruleBefore(ctx context.Context, id RuleID) (Rule, error) {
	if id == "" {
		return Rule{}, nil
	}
	all, err := s.Store.Rules(ctx)
	if err != nil {
		return Rule{}, err
	}
	i := slices.IndexFunc(all, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, told(ErrGone, FieldName)
	}
	return all[i], nil
}

func (s *Service) checkRule(ctx context.Context, r Rule) error {
	wrong := checkName(r.Name)
	say := func(field, message string) {
		wrong = append(wrong, problem.FieldError{Field: field, Message: message})
	}
	if len(r.Kinds) == 0 || slices.ContainsFunc(r.Kinds, func(k event.Kind) bool { return !k.Known() }) {
		say(FieldKinds, "Select at least one kind of event.")
	}
	for _, t := range r.Tenants {
		if _, err := s.Tenants.Find(ctx, t); errors.Is(err, tenant.ErrNotConnected) {
			say(FieldTenants, "Select tenants that are connected.")
			break
		} else if err != nil {
			return err
		}
	}
	known, err := s.Store.Contacts(ctx)
	if err != nil {
		return err
	}
	if len(r.Contacts) == 0 || slices.ContainsFunc(r.Contacts, func(id ContactID) bool {
		return !slices.ContainsFunc(known, func(c Contact) bool { return c.ID == id })
	}) {
		say(FieldContacts, "Select at least one recipient.")
	}
	if r.Morning && (r.Minute < 0 || r.Minute >= 24*60) {
		say(FieldTime, "Enter a time such as 08:00.")
	}
	if r.Morning && r.Schedule().Next(s.Now(), time.Time{}).IsZero() {
		say(FieldZone, "Enter a time zone such as Europe/Berlin.")
	}
	return problem.Join(wrong...)
}

// RemoveRule removes a rule. What is on its way by it still arrives.
func (s *Service) RemoveRule(ctx context.Context, caller access.Caller, origin audit.Origin, id RuleID, version int64) error {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return err
	}
	r, err := s.ruleBefore(ctx, id)
	if err != nil {
		return err
	}
	return told(s.Store.RemoveRule(ctx, id, version, audit.By(caller, origin, RuleRemoved, audit.Target{Kind: "notification rule", ID: string(id), Name: r.Name})), FieldName)
}
