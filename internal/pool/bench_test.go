package pool_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/microsoft"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/secret"
)

// benchMembers is how many members the large group has; POOL_MEMBERS changes it.
func benchMembers() int {
	if n, err := strconv.Atoi(os.Getenv("POOL_MEMBERS")); err == nil {
		return n
	}
	return 20_000
}

// BenchmarkReading reads a large group from a Microsoft that takes its time for each page, and tells when the first rows are there
// and how long the whole list takes, both as multiples of what its pages alone take, and how much memory it needs at most.
func BenchmarkReading(b *testing.B) {
	r := newRig(b, bigGroup(benchMembers(), 999, 100))
	found, err := r.Suggest(ctx, adele, here, contoso, "Big") // a token, as typing the name has fetched it
	must(b, err)
	for b.Loop() {
		onePage, allPages := r.pages(b, found[0].ID)
		before, most := heap(), uint64(0)
		reading, err := r.Validate(ctx, adele, here, sites, "Big pool")
		must(b, err)
		begun := time.Now()
		changes, stop := r.WatchReading(reading.ID)
		var first, whole time.Duration
		for whole == 0 {
			<-changes
			got, err := r.Reading(ctx, adele, reading.ID)
			must(b, err)
			if got.Counts.Members > 0 && first == 0 {
				first = time.Since(begun)
			}
			if got.State == pool.ReadingDone {
				whole = time.Since(begun)
			}
			most = max(most, heap())
		}
		stop()
		b.ReportMetric(first.Seconds()/onePage.Seconds(), "x-page/first")
		b.ReportMetric(whole.Seconds()/allPages.Seconds(), "x-pages/whole")
		b.ReportMetric(whole.Seconds(), "s/whole")
		b.ReportMetric(float64(most-min(before, most))/(1<<20), "MiB-more")
	}
}

// pages reads the members and does nothing with them, and tells how long the first page and all of them take.
func (r *rig) pages(b *testing.B, group string) (first, all time.Duration) {
	b.Helper()
	d, err := r.client.ReadAsApp(ctx, microsoft.TenantRef{ID: contoso, Cloud: microsoft.Worldwide}, microsoft.App{ID: appID, Secret: secret.FromString("App-Secret-2026!")})
	must(b, err)
	began := time.Now()
	must(b, d.Members(ctx, group, false, func([]microsoft.Object) error {
		if first == 0 {
			first = time.Since(began)
		}
		return nil
	}))
	return first, time.Since(began)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// BenchmarkMembers opens pages of a small pool and of a large one, as people do: the first, one in the middle, filtered, searched.
func BenchmarkMembers(b *testing.B) {
	r := newRig(b, bigGroup(benchMembers(), 999, 0))
	for i := range 300 {
		r.plant(b, fmt.Sprintf("Other %03d", i), fmt.Sprintf("other%03d@contoso.com", i))
	}
	large := r.validated(b, sites, "Big pool")
	var twenty []string
	for i := 1; i <= 20; i++ {
		twenty = append(twenty, fmt.Sprintf(`"u%05d@contoso.com"`, i))
	}
	must(b, r.sim.PatchGroup("obrien@contoso.com", []byte(`{"members": [`+strings.Join(twenty, ",")+`]}`)))
	small := r.validated(b, pool.Key{Tenant: contoso, Class: pool.Project}, "obrien@contoso.com")
	var after string
	for range benchMembers() / 2 / pool.PageSize {
		page, err := r.Members(ctx, adele, pool.Query{Reading: large.ID, After: after})
		must(b, err)
		after = page.Next
	}
	for name, q := range map[string]pool.Query{
		"small": {Reading: small.ID}, "large": {Reading: large.ID}, "large/middle": {Reading: large.ID, After: after},
		"large/attention": {Reading: large.ID, Filter: pool.NeedsAttention}, "large/mfa-none": {Reading: large.ID, Filter: pool.WithMFA},
		"large/service-account-none": {Reading: large.ID, Filter: pool.ServiceAccounts}, "large/text": {Reading: large.ID, Text: "19999"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := r.Members(ctx, adele, q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("large/counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.Reading(ctx, adele, large.ID); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkImport reads a file with a password for every member of a large pool, saves it, and compares versions.
func BenchmarkImport(b *testing.B) {
	r := newRig(b, bigGroup(benchMembers(), 999, 0))
	reading := r.validated(b, sites, "Big pool")
	file := &strings.Builder{}
	file.WriteString("username,password\r\n")
	for i := 1; i <= benchMembers(); i++ {
		fmt.Fprintf(file, "u%05d@contoso.com,Gen-%05d!\r\n", i, i)
	}
	for b.Loop() {
		began := time.Now()
		read, err := r.ReadPasswords(ctx, adele, reading.ID, strings.NewReader(file.String()))
		must(b, err)
		b.ReportMetric(time.Since(began).Seconds(), "s/dry-run")
		p, err := r.Pool(ctx, adele, sites)
		must(b, err)
		began = time.Now()
		saved := r.save(b, pool.Change{Key: sites, Seen: p.Number, Reading: reading.ID, Members: read.Changes()})
		b.ReportMetric(time.Since(began).Seconds(), "s/save")
		if saved.Checking != benchMembers() {
			b.Fatalf("%d new passwords", saved.Checking)
		}
		began = time.Now()
		_, err = r.Versions(ctx, adele, sites)
		must(b, err)
		b.ReportMetric(time.Since(began).Seconds(), "s/versions")
	}
}

// BenchmarkCheck checks a thousand new passwords against a Microsoft that takes 100 ms for an answer.
func BenchmarkCheck(b *testing.B) {
	r := newRig(b, bigGroup(1000, 999, 100))
	r.limits(account.Limits{PerTenant: 16, AtOnce: 64, Failures: 5, Rest: time.Second, LongestRest: time.Second, GiveUp: time.Minute}, run.Usual)
	reading := r.validated(b, sites, "Big pool")
	words := map[string]string{}
	for i := 1; i <= 1000; i++ {
		words[fmt.Sprintf("u%05d@contoso.com", i)] = fmt.Sprintf("Gen-%05d!", i)
	}
	for b.Loop() {
		saved := r.save(b, r.change(b, reading.ID, words))
		began := time.Now()
		if c := r.work(b, saved.Check); c.Counts[run.Confirmed] != 1000 {
			b.Fatalf("%+v", c)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/1000")
	}
}
