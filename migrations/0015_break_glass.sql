-- +goose Up

-- Links that signed somebody in, or could have, without the identity provider (R83). token is the SHA-256 of what the link carries, and
-- proof that Purser wrote the row, because it gives rights. Rows stay: the activity log speaks of them, and a note that was taken once is
-- known by its row when somebody puts it back.
CREATE TABLE break_glass (
    id        TEXT    PRIMARY KEY,
    token     TEXT    NOT NULL UNIQUE,
    made_at   INTEGER NOT NULL,
    made_by   TEXT    NOT NULL, -- who made it, as the machine calls them
    used_at   INTEGER NOT NULL, -- 0: not used
    used_from TEXT    NOT NULL, -- the address
    proof     BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- Up to which use each Tenant Owner has put the notice away.
CREATE TABLE break_glass_seen (
    issuer    TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    through   INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
