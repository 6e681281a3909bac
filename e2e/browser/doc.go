// Package browser drives a real Chromium for the journeys in package e2e.
//
// It owns the browser (started once per test binary), the fresh browser context of every test, the reading of a page by
// label and role, and the watch that fails a test whose page complained: a console error, a breach of the content
// security policy, an uncaught script error, an answer of 400 or more, a request that found nobody. What a page should
// say is for the journeys; what a signed-in person may do is for the application.
//
// Two things come from outside: Debian's Chromium without windows and the driver of Playwright. `make test` installs both. A test that
// lacks one of them fails and says so; it is never skipped.
package browser
