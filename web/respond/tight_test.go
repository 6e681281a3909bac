package respond

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

// A page goes out without what the standard lets it leave out, and reads the same.
func TestTightPagesReadTheSame(t *testing.T) {
	const list = `<!doctype html><html lang="en"><body><ul class="a b"><li>One</li><li>Two "quoted" and x="y"</li></ul>` +
		`<table><thead><tr><th scope="col">Name</th><th>Kind</th></tr></thead><tbody><tr><td data-more="+1"><a href="/a/b" title="a > b &#34;c&#34;" hidden>One</a></td><td><p>Two</p></td></tr><tr><td>Two</td> <td>–</td></tr></tbody></table>` +
		`<select><option value="">All</option><option value="1" selected>One</option></select><div><p>Alone</p><p class="x">Two</p><progress></progress><p>Beside</p><span>it</span><p>Last</p></div><p>Done</p></body></html>`
	got := string(tight([]byte(list)))
	const want = `<!doctype html><html lang="en"><body><ul class="a b"><li>One<li>Two "quoted" and x="y"</ul>` +
		`<table><thead><tr><th scope="col">Name<th>Kind</tr></thead><tbody><tr><td data-more="+1"><a href="/a/b" title="a > b &#34;c&#34;" hidden>One</a><td><p>Two<tr><td>Two</td> <td>–</tbody></table>` +
		`<select><option value="">All<option value="1" selected>One</select><div><p>Alone<p class="x">Two</p><progress></progress><p>Beside</p><span>it</span><p>Last</div><p>Done</p></html>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the page (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(read(t, list), read(t, got)); diff != "" {
		t.Errorf("a parser reads another page (-before +after):\n%s", diff)
	}
}

// FuzzTight: whatever stands between the signs, nothing is read beyond the end, and a page only gets shorter.
func FuzzTight(f *testing.F) {
	for _, page := range []string{"", "<", "</", "<a", `<a b="`, `<a b="c">`, `</td><td>`, `<a b="c`, "</td"} {
		f.Add(page)
	}
	f.Fuzz(func(t *testing.T, page string) {
		if got := tight([]byte(page)); len(got) > len(page) {
			t.Errorf("%q became %q", page, got)
		}
	})
}

// read is a page as a parser of the standard reads it.
func read(t *testing.T, page string) string {
	t.Helper()
	parsed, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	text, err := parsed.Html()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
