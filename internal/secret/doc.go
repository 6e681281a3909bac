// Package secret keeps what must not be seen: the key that seals everything, the keyring it opens, and a Value that hides
// itself.
//
// Two layers. The operator's Key, kept outside the database (R60), seals a tink keyset; the keyset seals each secret, bound
// to the Record it belongs to, so that a sealed value copied to another row does not open there. Replacing the operator's
// key then means sealing one keyset again, not every secret. The keys of the activity log's chains are sealed like any other
// secret, so that whoever holds only the database cannot forge an entry, and a new operator's key proves the old ones still.
//
// A value can be bound to facts of its row as well, and a proof is a seal around nothing but facts: rows that give rights, or say where a
// password is sent, are worth nothing when somebody else has written them.
package secret
