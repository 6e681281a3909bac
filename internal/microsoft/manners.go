package microsoft

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"purser.example/internal/verdict"
)

// rank is how urgent a question is, among those that are asked of one tenant.
type rank int

const (
	attending rank = iota // part of a sign-in, whose own gates bound how many there are at once: it waits for no place
	reading               // a person waits, or a group is read
	scanning              // nobody waits
)

// lane is on whose behalf something is asked: what is asked of one tenant shares a budget (R55). The zero lane has none, as sign-ins.
type lane struct {
	tenant string
	by     string // the application id or the username that Microsoft counts against
	rank   rank
}

func laneOf(t TenantRef, by string, r rank) lane {
	return lane{tenant: strings.ToLower(t.name()), by: strings.ToLower(by), rank: r}
}

func (l lane) none() bool { return l.tenant == "" }

// Service is which of Microsoft's services was asked. Each counts for itself.
type Service string

// The services that have limits of their own.
const (
	OfGraph      Service = "graph"
	OfSharePoint Service = "sharepoint"
)

// Throttle tells that Microsoft asked to be left in peace.
type Throttle struct {
	Tenant  string // its id, in lower case
	Service Service
	By      string // the application id or the username that was throttled
	HTTP    int
	Wait    time.Duration // that Microsoft asked for
	At      time.Time
}

const (
	// AtOnce is how many requests to Graph and SharePoint one tenant is sent at the same time.
	AtOnce = 8
	// usualRest is how long is waited after 429 without a word of how long.
	usualRest = time.Second
	// warned is how long a warning counts that does not say for how long: the window of Microsoft Graph's limits for the directory.
	warned = 10 * time.Second
	// slowest is the longest pause between two requests that a warning leads to.
	slowest = 5 * time.Second
)

// manners keeps to Microsoft's limits: for each tenant, what may be asked at once, who is resting, and how slowly to go on. It measures time
// by the machine's own clock, because it waits by that.
type manners struct {
	mu      sync.Mutex
	tenants map[string]*budget
}

// budget is what is known of one tenant.
type budget struct {
	asking  int
	readers []chan struct{} // that wait for a place; each is closed when it has one
	scans   []chan struct{}
	rests   map[restKey]rest
	paces   map[Service]*pace
}

type restKey struct {
	service Service
	by      string
}

// rest is a time in which nothing is asked, and the answer that asked for it.
type rest struct {
	until time.Time
	said  fault
}

// pace is how slowly scans go on before the wall: one request after each pause.
type pace struct {
	pause time.Duration
	until time.Time
	next  time.Time
}

func newManners() *manners { return &manners{tenants: map[string]*budget{}} }

// of gives the budget of a tenant. m.mu is held.
func (m *manners) of(tenant string) *budget {
	b := m.tenants[tenant]
	if b == nil {
		b = &budget{rests: map[restKey]rest{}, paces: map[Service]*pace{}}
		m.tenants[tenant] = b
	}
	return b
}

// resting is how long the lane is to ask nothing of the service, and why; 0: it may ask.
func (m *manners) resting(l lane, s Service) (time.Duration, fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(l.tenant).rests[restKey{s, l.by}]
	return max(0, time.Until(r.until)), r.said
}

// restingAnywhere is how long one of the services asked the lane to stay away.
func (m *manners) restingAnywhere(l lane) time.Duration {
	graph, _ := m.resting(l, OfGraph)
	sharePoint, _ := m.resting(l, OfSharePoint)
	return max(graph, sharePoint)
}

// pause is how long a scan waits for its turn where the service has warned; the turn is taken then.
func (m *manners) pause(l lane, s Service) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, now := m.of(l.tenant).paces[s], time.Now()
	if p == nil || !now.Before(p.until) {
		return 0
	}
	turn := p.next
	if turn.Before(now) {
		turn = now
	}
	p.next = turn.Add(p.pause)
	return turn.Sub(now)
}

// enter takes one of the tenant's places. It reports false where ctx ended before there was one. Those for whom a person waits come first.
func (m *manners) enter(ctx context.Context, l lane) bool {
	m.mu.Lock()
	b := m.of(l.tenant)
	line := &b.scans
	if l.rank == reading {
		line = &b.readers
	}
	if l.rank == attending || b.asking < AtOnce {
		b.asking++
		m.mu.Unlock()
		return true
	}
	place := make(chan struct{})
	*line = append(*line, place)
	m.mu.Unlock()
	select {
	case <-place:
		return true
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, waiting := range *line {
		if waiting == place {
			*line = append((*line)[:i], (*line)[i+1:]...)
			return false
		}
	}
	m.give(b) // the place came at the last moment
	return false
}

// leave gives the place back.
func (m *manners) leave(l lane) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.give(m.of(l.tenant))
}

// give hands a place to whoever waits for one. m.mu is held.
func (m *manners) give(b *budget) {
	b.asking--
	for _, line := range []*[]chan struct{}{&b.readers, &b.scans} {
		if len(*line) > 0 && b.asking < AtOnce {
			close((*line)[0])
			*line = (*line)[1:]
			b.asking++
			return
		}
	}
}

// rest notes that the service asked the lane to stay away. It reports whether that is later than what was known.
func (m *manners) rest(l lane, s Service, wait time.Duration, said fault) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, now := m.of(l.tenant), time.Now()
	for key, r := range b.rests {
		if !now.Before(r.until) {
			delete(b.rests, key)
		}
	}
	key, until := restKey{s, l.by}, now.Add(wait)
	if !until.After(b.rests[key].until) {
		return false
	}
	b.rests[key] = rest{until, said}
	return true
}

// warn notes how slowly to go on, and for how long.
func (m *manners) warn(l lane, s Service, pause, lasts time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, now := m.of(l.tenant), time.Now()
	p := b.paces[s]
	if p == nil {
		p = &pace{}
		b.paces[s] = p
	}
	p.pause, p.until = pause, now.Add(lasts)
	if first := now.Add(pause); p.next.Before(first) || p.next.After(p.until) {
		p.next = first
	}
}

// service is which service a host belongs to.
func (r request) service() Service {
	if r.sharePoint {
		return OfSharePoint
	}
	return OfGraph
}

// learn reads from an answer what it says of limits (Microsoft Graph and SharePoint Online, throttling).
func (c *Client) learn(r request, a answer) {
	now := c.now()
	if wait, given := a.retryAfter(now); a.busy() && (given || a.status == http.StatusTooManyRequests) {
		if !given {
			wait = usualRest
		}
		said := r.refused(a)
		c.manners.rest(r.lane, r.service(), wait, said)
		if c.throttled != nil {
			c.throttled(Throttle{Tenant: r.lane.tenant, Service: r.service(), By: r.lane.by, HTTP: a.status, Wait: wait, At: now.UTC()})
		}
		return
	}
	if pause, lasts := a.warning(); pause > 0 {
		c.manners.warn(r.lane, r.service(), pause, lasts)
	}
}

// warning is how slowly to go on so that what is left lasts, and for how long; 0: nothing warns. RateLimit headers come from four fifths of
// what is allowed on, with what is left and for how many seconds; Graph tells the share that is used.
func (a answer) warning() (pause, lasts time.Duration) {
	left, errLeft := strconv.ParseFloat(strings.TrimSpace(a.header.Get("RateLimit-Remaining")), 64)
	reset, errReset := strconv.ParseFloat(strings.TrimSpace(a.header.Get("RateLimit-Reset")), 64)
	if errLeft == nil && errReset == nil && left >= 0 && reset > 0 {
		lasts = time.Duration(min(reset, longestWait.Seconds()) * float64(time.Second))
		return max(time.Duration(float64(lasts)/max(left, 1)), time.Millisecond), lasts
	}
	used, err := strconv.ParseFloat(strings.TrimSpace(a.header.Get("X-Ms-Throttle-Limit-Percentage")), 64)
	if err != nil || !(used >= 0.8) {
		return 0, 0
	}
	return min(100*time.Millisecond+time.Duration((min(used, 2)-0.8)*float64(slowest)), slowest), warned
}

// askInTurn asks once, when it is the question's turn. A person's question waits no longer than there is patience for; where Microsoft has
// asked for a longer rest, it answers what was answered then, because what is asked in between counts as well.
func (c *Client) askInTurn(ctx context.Context, p *patience, r request) (answer, error) {
	if r.lane.none() {
		return c.ask(ctx, r)
	}
	if wait, said := c.manners.resting(r.lane, r.service()); wait > 0 && r.lane.rank != scanning {
		wait, enough := p.take(wait)
		if !enough || !sleep(ctx, wait) {
			return answer{}, said
		}
	}
	if r.lane.rank == scanning {
		if err := c.awaitTurn(ctx, r); err != nil {
			return answer{}, err
		}
	}
	if !c.manners.enter(ctx, r.lane) {
		return answer{}, stopped(ctx, r)
	}
	defer c.manners.leave(r.lane)
	a, err := c.ask(ctx, r)
	if err == nil {
		c.learn(r, a)
	}
	return a, err
}

// awaitTurn waits until a scan may ask, for as long as ctx lets it.
func (c *Client) awaitTurn(ctx context.Context, r request) error {
	for {
		if wait, said := c.manners.resting(r.lane, r.service()); wait > 0 {
			if !outlasts(ctx, wait) {
				return said
			}
			if !sleep(ctx, wait+rand.N(100*time.Millisecond)) { //nolint:gosec // A wait, which may be guessed.
				return stopped(ctx, r)
			}
			continue
		}
		wait := c.manners.pause(r.lane, r.service())
		if wait == 0 {
			return nil
		}
		if !sleep(ctx, wait) {
			return stopped(ctx, r)
		}
		if rest, _ := c.manners.resting(r.lane, r.service()); rest == 0 {
			return nil
		}
	}
}

// outlasts reports whether ctx is good for longer than that.
func outlasts(ctx context.Context, wait time.Duration) bool {
	ends, bounded := ctx.Deadline()
	return !bounded || time.Until(ends) > wait
}

// stopped is the fault of a question that was not asked, because whoever wanted to know did not wait.
func stopped(ctx context.Context, r request) error {
	word := verdict.Timeout
	if errors.Is(ctx.Err(), context.Canceled) {
		word = verdict.Cancelled
	}
	return noAnswer(word, "stopped before "+r.host+" was asked")
}

// persist asks for somebody who has time: again for as long as Microsoft says when to come back and ctx lets it, and some times where a
// service is down without a word of when.
func (c *Client) persist(ctx context.Context, r request) (answer, error) {
	for try := 1; ; try++ {
		a, err := c.askInTurn(ctx, nil, r)
		if err != nil || !a.busy() {
			return a, err
		}
		wait, given := a.retryAfter(c.now())
		if !given && try == persistence {
			return a, nil
		}
		if !given || try > 1 {
			wait = max(wait, time.Second<<min(try-1, 5))
		}
		if !outlasts(ctx, wait) || !sleep(ctx, wait) {
			return a, nil
		}
	}
}
