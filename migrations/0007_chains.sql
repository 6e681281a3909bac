-- +goose Up

-- The chains of the activity log (docs/decisions/0014-activity-chain.md), numbered from 1 without gaps in the order in which
-- they were begun. Each has a key of its own, sealed by the keyring; start is what its first entry is chained to, and seq and
-- mac are its last entry's.
CREATE TABLE chains (
    id    INTEGER PRIMARY KEY,
    key   BLOB, -- NULL: derived from the operator's key, until the first unlock seals it
    start BLOB    NOT NULL,
    seq   INTEGER NOT NULL,
    mac   BLOB    NOT NULL,
    seal  BLOB    NOT NULL
) STRICT;

-- What was written so far becomes the first chain, as it stands: no entry and no seal is touched here, where there is no key.
INSERT INTO chains (id, key, start, seq, mac, seal) SELECT 1, NULL, zeroblob(32), seq, mac, seal FROM activity_head;
DROP TABLE activity_head;

-- The chain that an entry is in; seq is its place among all.
ALTER TABLE activity ADD COLUMN chain INTEGER NOT NULL DEFAULT 1;
