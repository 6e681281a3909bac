package browser

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/playwright-community/playwright-go"
)

// unfit are the characters of a test's name that stay out of a file's name.
var unfit = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// names counts how often a name was given, so that the second visitor of a test does not overwrite the first one's trace.
type names struct {
	mu    sync.Mutex
	given map[string]int
}

// file gives a name fit for a file that no other visit of this process has.
func (n *names) file(test string) string {
	name := strings.Trim(unfit.ReplaceAllString(test, "-"), "-")
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.given == nil {
		n.given = map[string]int{}
	}
	if n.given[name]++; n.given[name] > 1 {
		return fmt.Sprintf("%s-%d", name, n.given[name])
	}
	return name
}

// evidence keeps more than a failure needs, for whoever looks at the pages: pictures of every state, and each step as the page was then.
// It costs a fifth of the tests' time.
var evidence = flag.Bool("evidence", false, "keep a picture of every state, and in traces the page at each step")

// artifact gives the path of a file in e2e/artifacts, which git ignores.
func (e *engine) artifact(name string) string { return filepath.Join(e.root, "e2e", "artifacts", name) }

// Screenshot stores a picture of the whole page, as long as it is, and gives the path of the file. A bare name goes to
// e2e/artifacts, after the name of the test; a name with a slash is a path from the repository's root, such as
// "docs/images/service-account.png".
func (p *Page) Screenshot(name string) string {
	p.t.Helper()
	return p.store(name, true)
}

// Picture is Screenshot of what fits into the window, as documents want it.
func (p *Page) Picture(name string) string {
	p.t.Helper()
	return p.store(name, false)
}

// Evidence is Screenshot for whoever asks for it by -evidence, and nothing otherwise.
func (p *Page) Evidence(name string) {
	p.t.Helper()
	if *evidence {
		p.Screenshot(name)
	}
}

func (p *Page) store(name string, whole bool) string {
	p.t.Helper()
	file := p.visit.engine.artifact(p.visit.name + "-" + name)
	if strings.Contains(name, "/") {
		file = filepath.Join(p.visit.engine.root, filepath.FromSlash(name))
	}
	if filepath.Ext(file) == "" {
		file += ".png"
	}
	if err := p.shoot(file, whole); err != nil {
		p.t.Fatalf("take the picture %s: %v", name, err)
	}
	return file
}

func (p *Page) picture(file string) error { return p.shoot(file, true) }

func (p *Page) shoot(file string, whole bool) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("make its folder: %w", err)
	}
	// A time limit of its own: a test that gives up soon still wants its evidence, on a busy machine too.
	patience := float64(navigationPatience.Milliseconds())
	if _, err := p.Page.Screenshot(playwright.PageScreenshotOptions{Path: &file, FullPage: &whole, Timeout: &patience}); err != nil {
		return err
	}
	// The driver hides the caret meanwhile and leaves empty style attributes behind, which the page's policy complains about as
	// soon as a script copies them.
	_, err := p.Page.Evaluate(`() => { for (const e of document.querySelectorAll('[style=""]')) e.removeAttribute('style'); }`)
	return err
}

// keepEvidence stores the trace and a picture of the failed test's page. They help to understand a failure that is
// reported already, so a problem with them is only logged.
func (p *Page) keepEvidence() {
	p.t.Helper()
	base := p.visit.engine.artifact(p.visit.name)
	if err := p.picture(base + ".png"); err != nil {
		p.t.Logf("no picture: %v", err)
	}
	if err := p.visit.context.Tracing().Stop(base + ".zip"); err != nil {
		p.t.Logf("no trace: %v", err)
	}
	p.t.Logf("the page was %s at the end; a picture and a trace are e2e/artifacts/%s.png and .zip", p.Path(), p.visit.name)
}
