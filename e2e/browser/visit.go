package browser

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/playwright-community/playwright-go"
)

// Patience. An action on a page of ours takes a tenth of a second; the rest is for a busy machine.
const (
	actionPatience     = 30 * time.Second
	navigationPatience = time.Minute
)

// visit is one browser context: the cookies, tabs, watch and trace of one visitor.
type visit struct {
	engine  *engine
	options Options
	context playwright.BrowserContext
	first   playwright.Page
	watch   watch
	name    string // of the test, fit for a file

	actions, ways time.Duration // how long an action may take, and the way to another page
}

// open starts a visit that is traced from its first moment.
func (e *engine) open(test string, options Options) (*visit, error) {
	context, err := e.chromium.NewContext(contextOptions(options))
	if err != nil {
		return nil, fmt.Errorf("make a browser context: %w", err)
	}
	v := &visit{engine: e, options: options, context: context, name: e.names.file(test)}
	if err := v.prepare(); err != nil {
		_ = context.Close() // The error before says more.
		return nil, err
	}
	return v, nil
}

func contextOptions(options Options) playwright.BrowserNewContextOptions {
	scheme := playwright.ColorSchemeLight
	if options.Dark {
		scheme = playwright.ColorSchemeDark
	}
	return playwright.BrowserNewContextOptions{
		BaseURL:           &options.BaseURL,
		ColorScheme:       scheme,
		JavaScriptEnabled: new(!options.NoScript),
		Locale:            new("en-US"),
		TimezoneId:        new("UTC"),
		Permissions:       []string{"clipboard-write"},    // Whoever has a window gives it with the press of a button; without one it is asked for.
		ReducedMotion:     playwright.ReducedMotionReduce, // A picture or a check must not catch a movement half-way.
		StrictSelectors:   new(true),                      // Two elements with one label are a mistake, not a choice.
		HasTouch:          &options.Touch,
		IsMobile:          &options.Touch,
		Viewport:          &playwright.Size{Width: cmp.Or(options.Width, 1280), Height: cmp.Or(options.Height, 800)},
	}
}

func (v *visit) prepare() error {
	v.patience(actionPatience, navigationPatience)
	v.watch.over(v.context)
	if err := v.addCookies(); err != nil {
		return err
	}
	if v.options.OwnClock {
		if err := v.context.Clock().Install(); err != nil {
			return fmt.Errorf("set the clock: %w", err)
		}
	}
	err := v.context.Tracing().Start(playwright.TracingStartOptions{Snapshots: evidence})
	if err != nil {
		return fmt.Errorf("start the trace: %w", err)
	}
	if v.first, err = v.context.NewPage(); err != nil {
		return fmt.Errorf("make a page: %w", err)
	}
	return nil
}

// patience sets how long an action may take, and the way to another page.
func (v *visit) patience(action, navigation time.Duration) {
	v.context.SetDefaultTimeout(float64(action.Milliseconds()))
	v.context.SetDefaultNavigationTimeout(float64(navigation.Milliseconds()))
	v.actions, v.ways = action, navigation
}

func (v *visit) addCookies() error {
	cookies := make([]playwright.OptionalCookie, 0, len(v.options.Cookies))
	for _, c := range v.options.Cookies {
		cookies = append(cookies, v.cookie(c))
	}
	if err := v.context.AddCookies(cookies); err != nil {
		return fmt.Errorf("add the cookies: %w", err)
	}
	return nil
}

// cookie translates for the driver, which takes "secure" from the scheme of an address and nothing else. Chromium trusts
// loopback and sends secure cookies there without TLS, as __Host- ones must be.
func (v *visit) cookie(c *http.Cookie) playwright.OptionalCookie {
	address := v.options.BaseURL
	if c.Secure || strings.HasPrefix(c.Name, "__") {
		address = strings.Replace(address, "http://", "https://", 1)
	}
	return playwright.OptionalCookie{Name: c.Name, Value: c.Value, URL: &address, HttpOnly: &c.HttpOnly}
}

// end closes the visit. A last question to the page makes sure that everything it had to report has come in.
func (p *Page) end() {
	p.t.Helper()
	for _, tab := range p.visit.context.Pages() {
		_, _ = tab.Evaluate("0") // A tab that is gone has nothing more to report.
	}
	for _, text := range p.visit.watch.unexpected() {
		p.t.Errorf("unexpected %s", text)
	}
	if p.t.Failed() {
		p.keepEvidence()
	} else if err := p.visit.context.Tracing().Stop(); err != nil {
		p.t.Errorf("stop the trace: %v", err)
	}
	if err := p.visit.context.Close(); err != nil {
		p.t.Errorf("close the page: %v", err)
	}
}
