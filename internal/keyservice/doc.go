// Package keyservice asks key services, which have a key and never show it, to seal and open the keyring of a database in the place of the
// operator's key (R64): the transit engine of OpenBao and Vault, and Azure Key Vault.
//
// It owns the calls and what their answers mean. It keeps nothing, not even a token for the next call: a keyring is opened once a start.
// Whatever a service says of its own faults stays out of errors; they have sentences of ours, the host, the status, and the id of the request,
// by which the service's own log tells more.
package keyservice
