package profiles_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite/profiles"
)

// BenchmarkSave is an edit of the description by sixteen people at once, durable and with its entry in the activity log.
func BenchmarkSave(b *testing.B) {
	db, ring, tenants := filled(b, benchProfiles())
	service := profile.NewService(profiles.New(db), tenants, account.NewService(account.Parts{}), ring, profile.Settings{}, func() time.Time { return time.Now().UTC() })
	page, _, err := service.List(ctx, adele, profile.Query{})
	if err != nil {
		b.Fatal(err)
	}
	var next atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(8) // times the two processors that the limits are written for
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		p := page.Rows[next.Add(1)].Profile
		for version := p.Version; pb.Next(); version++ {
			draft := profile.Draft{Name: p.Name, Description: fmt.Sprint("Version ", version), Tenant: p.Tenant, Services: p.Services, Username: p.Username}
			if _, err := service.Update(ctx, adele, audit.Origin{Request: "r1"}, p.ID, version, draft); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
}
