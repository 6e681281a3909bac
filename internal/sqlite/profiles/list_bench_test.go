package profiles_test

import (
	"context"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite/profiles"
)

func BenchmarkList(b *testing.B) {
	db, ring, tenants := filled(b, benchProfiles())
	service := profile.NewService(profiles.New(db), tenants, account.NewService(account.Parts{}), ring, profile.Settings{}, time.Now)
	type view struct {
		name  string
		query profile.Query
	}
	views := []view{
		{"narrow search", profile.Query{Text: "000123"}},
		{"narrow long search", profile.Query{Text: "Backup – Europe 0001"}},
		{"narrow username", profile.Query{Text: "u00123"}},
		{"search of 1000", profile.Query{Text: "0123"}},
		{"broad search", profile.Query{Text: "contoso"}},
		{"broad long search", profile.Query{Text: "@contoso.com"}},
		{"broad rare search", profile.Query{Text: "Zürich"}},
		{"one letter", profile.Query{Text: "z"}},
		{"two letters", profile.Query{Text: "ba"}},
		{"nothing", profile.Query{Text: "zzz"}},
	}
	for _, sort := range profile.Columns {
		views = append(views, view{"by " + string(sort), profile.Query{Sort: sort}}, view{"attention by " + string(sort), profile.Query{Sort: sort, Status: profile.Attention}},
			view{"expiring by " + string(sort), profile.Query{Sort: sort, Status: profile.Expiring}}, view{"locked by " + string(sort), profile.Query{Sort: sort, Status: "account-locked"}},
			view{"not validated by " + string(sort), profile.Query{Sort: sort, Status: "not-validated", Down: true}},
			view{"service by " + string(sort), profile.Query{Sort: sort, Service: "fly"}}, view{"tenant by " + string(sort), profile.Query{Sort: sort, Tenant: contoso.ID}},
			view{"broad search by " + string(sort), profile.Query{Sort: sort, Text: "Zürich"}},
			view{"four filters by " + string(sort), profile.Query{Sort: sort, Text: "Zürich", Tenant: contoso.ID, Service: "fly", Status: profile.Attention}})
	}
	for _, v := range views {
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := service.List(context.Background(), adele, v.query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
