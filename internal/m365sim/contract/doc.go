// Package contract signs in to the simulator with Microsoft's own library, MSAL for Go, over TLS. The simulator and Purser's
// client were written from the same documents; this client was not written for either of them, so that a mistake which the
// two share shows here.
//
// With the tag node CLI for Microsoft 365, @azure/identity and the SDK for Graph do the same from Node.js, and node-sp-auth and node-spoauth
// sign in with an app password over the legacy protocol; `make contract` installs them, which takes too long for each `make test`.
//
// It is a module of its own, which keeps MSAL out of the product's, and it runs the command m365sim in place of importing it,
// which keeps the product's modules out of this one. Go's cache of test results knows nothing of that command: run these tests
// with -count=1.
package contract
