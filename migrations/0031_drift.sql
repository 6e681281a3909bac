-- +goose Up

-- What is known of the accounts that Purser keeps, as Microsoft 365 has them (R93). expected and facts are JSON, by topic: what is as it should
-- be, and what was last read. account is the folded username.
CREATE TABLE drift_accounts (
    no        INTEGER PRIMARY KEY,
    tenant_id TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    account   TEXT    NOT NULL,
    username  TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    looked_at INTEGER NOT NULL, -- 0: the tenant's app never looked at it
    expected  TEXT    NOT NULL,
    facts     TEXT    NOT NULL,
    lacks     TEXT    NOT NULL, -- the permissions that would have told more
    UNIQUE (tenant_id, account)
) STRICT;

-- What was known from a moment on.
CREATE TABLE drift_snapshots (
    no    INTEGER NOT NULL REFERENCES drift_accounts (no) ON DELETE CASCADE,
    at    INTEGER NOT NULL,
    facts TEXT    NOT NULL,
    PRIMARY KEY (no, at)
) STRICT, WITHOUT ROWID;

-- What is not as expected, until somebody accepts it or it is as expected again.
CREATE TABLE drifts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    no       INTEGER NOT NULL REFERENCES drift_accounts (no) ON DELETE CASCADE,
    topic    TEXT    NOT NULL,
    item     TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    way      TEXT    NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    UNIQUE (no, topic, item)
) STRICT;

CREATE INDEX drifts_by_time ON drifts (first_at, id);
CREATE INDEX drifts_by_item ON drifts (topic, item, way);
