-- +goose Up

-- Changes of the key (R64), the last of which may be under way: then ended_at is 0, and installation.keyset holds the keys of before and the
-- new one, closed by the key of before; next is the same, closed by the next key; after is what takes its place at the end. All of them are
-- made at the beginning, so that nobody is asked for a key in between.
CREATE TABLE key_changes (
    id         INTEGER PRIMARY KEY,
    former_id  TEXT    NOT NULL, -- the ids of the keys
    next_id    TEXT    NOT NULL,
    next       BLOB,
    after      BLOB,
    issuer     TEXT    NOT NULL, -- who began it
    subject    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    sign_in    TEXT    NOT NULL,
    begun_at   INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    total      INTEGER NOT NULL, -- how many values were sealed when it began, and how many of them have been sealed anew
    done       INTEGER NOT NULL,
    unreadable INTEGER NOT NULL  -- how many did not open, and were left as they are
) STRICT;
