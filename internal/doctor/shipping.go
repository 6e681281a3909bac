package doctor

import (
	"context"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/forward"
)

// logShipping looks how the receivers of the activity log fare, as the Purser that works here has noted.
func logShipping(ctx context.Context, l *look) (found []Finding) {
	if l.cfg.ActivityLog.File == "" && l.cfg.ActivityLog.Syslog == nil {
		return only(ok("The activity log is kept in the database alone."))
	}
	if path := l.cfg.ActivityLog.File; path != "" {
		if err := forward.Usable(path); err != nil {
			found = append(found, wrong("The activity log can't be written to "+path+".", "Create its folder and give it to the account that Purser runs as.").of("file"))
		}
	}
	c, err := l.condition(ctx)
	if err != nil || c.None || c.Version != c.Newest {
		return append(found, warning("How far the activity log was shipped isn't known, because the database can't be used as it is.", "See what the check \"database\" says."))
	}
	err = app.LookBeside(ctx, l.cfg, l.Now, l.graph, func(beside app.Beside) error {
		for _, m := range beside.Receivers {
			found = append(found, l.receiver(m).of(m.Name))
		}
		return nil
	})
	if err != nil {
		return append(found, warning("How far the activity log was shipped isn't known, because the database can't be read with this key.", "See what the checks \"database\" and \"key\" say."))
	}
	if len(found) == 0 {
		found = only(ok("The activity log will be shipped from the next start of Purser on."))
	}
	return found
}

// receiver tells of one by its mark.
func (l *look) receiver(m forward.Mark) Finding {
	if m.Failing.IsZero() {
		return ok("The activity log is shipped to %s; entry %d was the last one.", m.Address, m.Seq)
	}
	return warning("The activity log hasn't been shipped to "+m.Address+" for "+m.Behind(l.Now()).Round(time.Second).String()+": "+m.Reason, "Make the receiver available again. Nothing is lost: entries wait in the database.")
}
