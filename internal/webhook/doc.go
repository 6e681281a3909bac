// Package webhook posts messages to addresses that people chose (R92): signed as Standard Webhooks say, and as cards to workflows of
// Microsoft Teams. Both are senders of package notify.
//
// It owns where Purser may be sent to by an address. Somebody who may set one could otherwise make Purser knock at doors that are open for
// it alone. So the address is https; its host is one that the operator named in PURSER_WEBHOOK_HOSTS, or, where none is named, any that
// is public; what the name stands for is looked up once, looked at, and that very address is dialed, so that a name that changes between
// the look and the call leads nowhere; redirects are not followed; and nothing of an answer but its status is read.
//
// An address may be a secret: it is in no error and in no log, only its host is.
package webhook
