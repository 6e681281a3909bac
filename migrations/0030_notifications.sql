-- +goose Up

-- Who can be told of events (R92). address is that of a webhook or of Teams, which has a signature in it; signing_key signs what a webhook gets,
-- former_key too until former_until. failing_at is 0 while the contact takes messages.
CREATE TABLE notify_contacts (
    id           TEXT    PRIMARY KEY,
    name         TEXT    NOT NULL,
    name_key     TEXT    NOT NULL UNIQUE,
    way          TEXT    NOT NULL,
    mail         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    host         TEXT    NOT NULL,
    usernames    INTEGER NOT NULL,
    address      BLOB,
    signing_key  BLOB,
    former_key   BLOB,
    former_until INTEGER NOT NULL,
    took_at      INTEGER NOT NULL,
    failing_at   INTEGER NOT NULL,
    reason       TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    modified_at  INTEGER NOT NULL,
    modified_by  TEXT    NOT NULL
) STRICT;

-- Who is told of what. kinds, tenants and contacts are JSON lists; no tenants are all of them.
CREATE TABLE notify_rules (
    id          TEXT    PRIMARY KEY,
    name        TEXT    NOT NULL,
    name_key    TEXT    NOT NULL UNIQUE,
    is_on       INTEGER NOT NULL,
    kinds       TEXT    NOT NULL,
    tenants     TEXT    NOT NULL,
    contacts    TEXT    NOT NULL,
    morning     INTEGER NOT NULL,
    minute      INTEGER NOT NULL,
    zone        TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    created_by  TEXT    NOT NULL,
    modified_at INTEGER NOT NULL,
    modified_by TEXT    NOT NULL
) STRICT;

-- What belongs together for one contact, and becomes one message: events of one kind, tenant and cause, or those of a morning. due_at is 0
-- where nothing waits.
CREATE TABLE notify_bundles (
    no         INTEGER PRIMARY KEY,
    contact_id TEXT    NOT NULL,
    morning    INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    tenant_id  TEXT    NOT NULL,
    cause      TEXT    NOT NULL,
    minute     INTEGER NOT NULL,
    zone       TEXT    NOT NULL,
    began_at   INTEGER NOT NULL,
    waiting_at INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    sent_at    INTEGER NOT NULL,
    told       INTEGER NOT NULL,
    messages   INTEGER NOT NULL,
    UNIQUE (contact_id, morning, kind, tenant_id, cause)
) STRICT;

CREATE INDEX notify_bundles_due ON notify_bundles (due_at) WHERE due_at > 0;

CREATE TABLE notify_bundled (
    bundle INTEGER NOT NULL REFERENCES notify_bundles (no) ON DELETE CASCADE,
    event  INTEGER NOT NULL REFERENCES events (no) ON DELETE CASCADE,
    PRIMARY KEY (bundle, event)
) STRICT, WITHOUT ROWID;

CREATE INDEX notify_bundled_events ON notify_bundled (event);

-- Messages on their way, each to one address. The id is the same at each attempt. unsure is 1 where an attempt may have arrived.
CREATE TABLE notify_letters (
    id         TEXT    PRIMARY KEY,
    contact_id TEXT    NOT NULL,
    called     TEXT    NOT NULL,
    way        TEXT    NOT NULL,
    mail       TEXT    NOT NULL,
    message    TEXT    NOT NULL, -- JSON
    state      TEXT    NOT NULL,
    tries      INTEGER NOT NULL,
    unsure     INTEGER NOT NULL,
    made_at    INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    reason     TEXT    NOT NULL
) STRICT;

CREATE INDEX notify_letters_ready ON notify_letters (next_at) WHERE state = 'waiting';
CREATE INDEX notify_letters_by_time ON notify_letters (made_at, id);
CREATE INDEX notify_letters_of_state ON notify_letters (state, made_at, id);
CREATE INDEX notify_letters_ended ON notify_letters (state, ended_at);

-- What somebody knows to be broken: acknowledged until it works again, or snoozed until a time.
CREATE TABLE notify_marks (
    object_kind  TEXT    NOT NULL,
    object_id    TEXT    NOT NULL,
    object_name  TEXT    NOT NULL,
    acknowledged INTEGER NOT NULL,
    until_at     INTEGER NOT NULL,
    because      TEXT    NOT NULL,
    by_name      TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (object_kind, object_id)
) STRICT, WITHOUT ROWID;
