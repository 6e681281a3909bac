package horizon

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"purser.example/internal/event"
)

// Steps are how many days before an end it is told, the first one last. What is found late is told by the step that it has come to, and not by
// those before it: a password that was entered with six days left is told once at seven, and once at one.
var Steps = [...]int{1, 7, 14, 30}

const day = 24 * time.Hour

// atOnce is how many endings are looked at in one transaction.
const atOnce = 200

// Tell tells of what ends at each of Steps (R92). It may be called as often as anybody likes: an end that was told at a step has the same id, and
// an end that was put off is another end.
func (s *Service) Tell(ctx context.Context, book event.Book) error {
	now := s.Now()
	q := Query{From: now, To: now.Add(day*time.Duration(Steps[len(Steps)-1]) + time.Millisecond), Limit: atOnce}
	for {
		page, err := s.Ahead(ctx, q)
		if err != nil {
			return err
		}
		var events []event.Event
		for _, e := range page.Rows {
			events = append(events, e.event(stepOf(e.At.Sub(now))))
		}
		if len(events) > 0 {
			if err := book.Put(ctx, events...); err != nil {
				return err
			}
		}
		if !page.Later {
			return nil
		}
		q.After = page.Rows[len(page.Rows)-1].Place()
	}
}

// stepOf is the step that something has come to that ends in a while.
func stepOf(left time.Duration) int {
	for _, days := range Steps {
		if left <= day*time.Duration(days) {
			return days
		}
	}
	return Steps[len(Steps)-1]
}

// event is what is told of an end at a step.
func (e Ending) event(days int) event.Event {
	kind, cause := event.Ending, told[e.Kind]+" in "+daysLeft(days)
	if e.Kind == Retirement {
		kind = event.Retirement
	}
	return event.Event{
		ID:   event.IDOf(kind, string(e.Kind), e.Object, strconv.FormatInt(e.At.UnixMilli(), 10), strconv.Itoa(days)),
		Kind: kind, Tenant: e.Tenant, Object: event.Object{Kind: objects[e.Kind], ID: e.Object, Name: e.What}, Account: e.Account, Cause: cause,
		At:    e.At.Add(-day * time.Duration(days)),
		Facts: []event.Fact{{Name: "Ends", Value: e.At.UTC().Format("January 2, 2006")}},
	}
}

func daysLeft(days int) string {
	if days == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", days)
}

// told is what people read of the kinds, before the days that are left, and objects what the activity log calls what ends.
var (
	told = map[Kind]string{
		ProfilePassword: "Password ends", MemberPassword: "Password ends", ClientSecret: "Client secret ends", AppCertificate: "App certificate ends",
		TLSCertificate: "Purser's certificate ends", ProviderCertificate: "Identity provider's certificate ends", Retirement: "Microsoft retires it",
	}
	objects = map[Kind]string{
		ProfilePassword: "profile", MemberPassword: "pool member", ClientSecret: "app profile", AppCertificate: "app profile",
		TLSCertificate: "certificate", ProviderCertificate: "certificate", Retirement: "retirement",
	}
)
