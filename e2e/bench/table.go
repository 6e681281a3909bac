package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// row is one measurement: what, how it came out, and what it must reach.
type row struct {
	what  string
	found string
	limit string
	met   bool
}

func (r row) String() string {
	met := "yes"
	if !r.met {
		met = "**no**"
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", r.what, r.found, r.limit, met)
}

const preface = `# Performance

Written by ` + "`make bench`" + `. Absolute figures drift with the machine; the ratios are what to compare. Each ratio has its limit measured
in the same run, and is the median of rounds in which both take turns. The load generator shares the processors with the
server, so that a page under load costs what the machine has left.

- **Bare handler**: Echo without middleware, which renders the same templ components with the same number of rows from memory,
  in a process of its own. What is missing to 1 is the session, the rights, the query, the headers. It depends on the size of
  the page more than on anything else. **Packed** is the page as browsers ask for it, by brotli.
- **Lists** are the first page of 50, signed in, of a folder with that many profiles, loaded with 32 connections for some
  seconds. They depend on the indexes: a page that had to sort or count would show in the ratio of the sizes.
- **Search** compares the slowest hundredth of the answers with that of the same page unsearched, for a term that one profile
  has, one that nearly all have, and terms of one and two letters. It depends on the search index and on how many match.
- **Overview** is where people begin, with its pictures and the first lines of what is broken and what ends. It depends on counters that are
  kept: a page that counted would show beside the list.
- **Edits** are changes of a description through the service, in this process, each with its entry in the chained activity log
  and answered after it is on the disk; sixteen people at once. Their limit is a write of one small row through the same group
  commit. Both depend on how fast the disk flushes.
- **A change of the key** counts from the start of the command to its end, when only the new key opens the database, and **a backup** to the
  end of its proof. Both go on beside sixteen people who edit without a pause, as does **Litestream**, which is asked ten times a second how far
  its copy is.
- **A Save's own time** is the whole Save less what the simulator takes for the same answers, one after the other in turn.
- **An import** counts from sending the file to the page that says what came of it, once for Check and once for Import.
- **A scan** counts from when it is begun until all sites are read and stored. Its bare client pages through the same answers of the
  same simulator, decodes them, and stores each page in one transaction as durable as Purser's, in a table with nothing but its key.
  What costs more is finding what is known already, and the indexes by which objects are listed; what is gained is that the next page
  comes while one is stored.
- **The registration of sites** asks four times about each site: for its owner, for its administrators, to add one, and to read
  them back. Its limit is the time of as many answers when as many of them are under way as one tenant is asked at once.
- **Objects** and **people** are loaded and searched as lists of profiles are.
- **Health and expiry** takes turns with the list of the same folder. It depends on kept counts and on what uses each of the ten broken profiles that
  it shows.
- **The entry's part of an edit** is what an entry takes of the writer, in a transaction of many, times how many edits there are a second.
  **Verified** and **exported** count in this process, of a database on the disk; each reads every entry and works out its authentication code,
  or writes it as a line.
- **Ready** counts from the start of the process to the first good ` + "`/readyz`" + `. **Resident** is the memory of the process by Linux' count.

`

func table(rows []row) string {
	var b strings.Builder
	b.WriteString(preface)
	fmt.Fprintf(&b, "Last run: %s, %d processors.\n\n| what | measured | limit | met |\n| --- | --- | --- | --- |\n", runtime.Version(), runtime.NumCPU())
	for _, r := range rows {
		b.WriteString(r.String())
	}
	return b.String()
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// median is the middle of the values, which it sorts.
func median[T float64 | time.Duration](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
