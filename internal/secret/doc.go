// Package secret keeps what must not be seen: the key that seals everything, the keyring it opens, and a Value that hides
// itself.
//
// Two layers. The operator's Key, kept outside the database (R60), seals a tink keyset; the keyset seals each secret, bound
// to the Record it belongs to, so that a sealed value copied to another row does not open there. Replacing the operator's
// key then means sealing one keyset again, not every secret. The key of the activity log's chain is derived from the
// operator's key, so that whoever holds only the database cannot forge it.
package secret
