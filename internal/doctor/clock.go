package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"purser.example/internal/whose"
)

// ear is a way to somebody outside that hears what time it is there, by the Date of each answer.
type ear struct {
	way http.RoundTripper
	now func() time.Time

	mu    sync.Mutex
	heard bool
	ahead time.Duration // of our clock
}

func newEar(now func() time.Time) *ear {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &ear{now: now, way: whose.Through(&http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    5 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableKeepAlives:      true, // a command ends soon
		Protocols:              protocols,
	})}
}

// RoundTrip implements http.RoundTripper.
func (e *ear) RoundTrip(req *http.Request) (*http.Response, error) {
	answer, err := e.way.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		age, _ := strconv.Atoi(answer.Header.Get("Age")) // of an answer that a cache kept
		e.mu.Lock()
		defer e.mu.Unlock()
		e.heard, e.ahead = true, e.now().Sub(date.Add(time.Duration(age)*time.Second))
	}
	return answer, nil
}

func (e *ear) told() (ahead time.Duration, heard bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ahead.Round(time.Second), e.heard
}

const (
	// farOff is where sign-in and certificates of apps begin to be refused; near is what answers and their whole seconds may take.
	farOff = 5 * time.Minute
	near   = time.Minute
)

const setClock = "Let the machine take its time from a time server, such as with timedatectl set-ntp true."

// clock compares the clock of this machine with what those who were asked before say.
func clock(_ context.Context, l *look) []Finding {
	var known []string
	var worst time.Duration
	for _, one := range []struct {
		name string
		*ear
	}{{"the identity provider", l.provider}, {"Microsoft 365", l.graph}} {
		ahead, heard := one.told()
		if !heard {
			continue
		}
		known = append(known, one.name)
		if ahead.Abs() > worst.Abs() {
			worst = ahead
			known = append([]string{one.name}, known[:len(known)-1]...)
		}
	}
	if len(known) == 0 {
		return only(warning("The clock of this machine cannot be compared, because neither the identity provider nor Microsoft 365 responded.", "Mend what the other checks say, and run this command again."))
	}
	says := fmt.Sprintf("The clock of this machine is %s of that of %s.", apart(worst), known[0])
	switch {
	case worst.Abs() >= farOff:
		return only(wrong(says, setClock))
	case worst.Abs() >= near:
		return only(warning(says, setClock))
	}
	return only(ok("The clock of this machine agrees with that of %s.", known[0]))
}

func apart(ahead time.Duration) string {
	if ahead < 0 {
		return (-ahead).String() + " behind"
	}
	return ahead.String() + " ahead"
}
