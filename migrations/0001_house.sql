-- +goose Up

-- One row: what this database is, and the keyring that its secrets are sealed with.
CREATE TABLE installation (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    installation TEXT   NOT NULL,
    key_id      TEXT    NOT NULL,
    keyset      BLOB    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- One row that is written to find out whether the database can be written at all (/readyz).
CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

-- Who is signed in (R4). Times are UTC milliseconds, as everywhere.
CREATE TABLE sessions (
    key        TEXT    PRIMARY KEY,
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    sign_in    TEXT    NOT NULL,
    roles      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    state      BLOB,
    id_token   BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_seen ON sessions (seen_at);

-- The activity log (R61), numbered without gaps and chained by mac.
CREATE TABLE activity (
    seq         INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    issuer      TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    sign_in     TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    target_kind TEXT    NOT NULL,
    target_id   TEXT    NOT NULL,
    target_name TEXT    NOT NULL,
    request     TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    details     TEXT    NOT NULL,
    mac         BLOB    NOT NULL
) STRICT;

CREATE INDEX activity_by_target ON activity (target_kind, target_id, seq);

-- The end of the chain, so that cutting the log off is found.
CREATE TABLE activity_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    mac  BLOB    NOT NULL,
    seal BLOB    NOT NULL
) STRICT;
