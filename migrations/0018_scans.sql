-- +goose Up

-- Scan profiles (R50): what of a tenant is looked for, by what, and when. name_order is the name as lists are sorted.
CREATE TABLE scan_profiles (
    id          TEXT    PRIMARY KEY,
    name        TEXT    NOT NULL,
    name_key    TEXT    NOT NULL,
    name_order  TEXT    NOT NULL,
    description TEXT    NOT NULL,
    tenant_id   TEXT    NOT NULL REFERENCES tenants (id),
    types       TEXT    NOT NULL, -- a blank between them
    method      TEXT    NOT NULL,
    account_id  TEXT    NOT NULL, -- of a service account profile; empty: by app
    daily       INTEGER NOT NULL,
    minute      INTEGER NOT NULL, -- of the day, by the clocks of the zone
    zone        TEXT    NOT NULL,
    next_at     INTEGER NOT NULL, -- 0: by hand only
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    created_by  TEXT    NOT NULL,
    modified_at INTEGER NOT NULL,
    modified_by TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX scan_profiles_by_name ON scan_profiles (name_key);
CREATE INDEX scan_profiles_of_tenant ON scan_profiles (tenant_id, name_order, id);
CREATE INDEX scan_profiles_of_account ON scan_profiles (account_id) WHERE account_id <> '';
CREATE INDEX scan_profiles_due ON scan_profiles (next_at, id) WHERE next_at > 0;

-- An object type of a tenant stands in one scan profile only (R52): the key says so.
CREATE TABLE scan_profile_types (
    tenant_id  TEXT NOT NULL REFERENCES tenants (id),
    type       TEXT NOT NULL,
    profile_id TEXT NOT NULL REFERENCES scan_profiles (id) ON DELETE CASCADE,
    PRIMARY KEY (tenant_id, type)
) STRICT, WITHOUT ROWID;

CREATE INDEX scan_profile_types_of_profile ON scan_profile_types (profile_id);

-- Scans, with what they were made of, because the profile may be another one when somebody reads of it.
CREATE TABLE scans (
    id           TEXT    PRIMARY KEY,
    profile_id   TEXT    NOT NULL REFERENCES scan_profiles (id) ON DELETE CASCADE,
    profile_name TEXT    NOT NULL,
    tenant_id    TEXT    NOT NULL REFERENCES tenants (id),
    method       TEXT    NOT NULL,
    read_by      TEXT    NOT NULL, -- a username or an app profile; empty before anything was opened
    attended     INTEGER NOT NULL, -- 1: a person began it
    issuer       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    sign_in      TEXT    NOT NULL,
    request      TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    code         TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    begun_at     INTEGER NOT NULL,
    ended_at     INTEGER NOT NULL, -- 0: it goes on
    grants       TEXT    NOT NULL  -- the run that registers the sites; empty for none
) STRICT, WITHOUT ROWID;

CREATE INDEX scans_of_profile ON scans (profile_id, id);
CREATE INDEX scans_of_tenant ON scans (tenant_id, id);
-- Of each profile at most one scan goes on: of two that begin at once, one is refused here.
CREATE UNIQUE INDEX scans_active ON scans (profile_id) WHERE state NOT IN ('finished', 'exception', 'failed', 'stopped', 'skipped');

-- What a scan has of one type. reading is the number of what is being read now, and first_reading that of the scan's first try: an object
-- counts once for each reading, and is gone when the number under which it was seen last is older than the first.
CREATE TABLE scan_sections (
    scan_id       TEXT    NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
    type          TEXT    NOT NULL,
    no            INTEGER NOT NULL, -- its place within the scan
    state         TEXT    NOT NULL,
    found         INTEGER NOT NULL,
    fresh         INTEGER NOT NULL, -- of them, never seen before
    gone          INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    code          TEXT    NOT NULL,
    detail        TEXT    NOT NULL,
    begun_at      INTEGER NOT NULL,
    ended_at      INTEGER NOT NULL,
    next_page     TEXT    NOT NULL,
    first_reading INTEGER NOT NULL, -- 0: nothing was read yet
    reading       INTEGER NOT NULL,
    PRIMARY KEY (scan_id, type)
) STRICT, WITHOUT ROWID;

-- One row: the number of the latest reading.
CREATE TABLE scan_readings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    no INTEGER NOT NULL
) STRICT;
INSERT INTO scan_readings VALUES (1, 0);

CREATE TABLE scan_warnings (
    scan_id TEXT    NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
    no      INTEGER NOT NULL,
    type    TEXT    NOT NULL,
    object  TEXT    NOT NULL, -- its key
    name    TEXT    NOT NULL,
    address TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    PRIMARY KEY (scan_id, no)
) STRICT, WITHOUT ROWID;

-- All objects of one type of a tenant are a lot: a number in each of a million rows, where two texts would stand otherwise.
CREATE TABLE scan_lots (
    no        INTEGER PRIMARY KEY,
    tenant_id TEXT    NOT NULL REFERENCES tenants (id),
    type      TEXT    NOT NULL,
    read_at   INTEGER NOT NULL, -- when a scan last read it to its end; 0: never
    UNIQUE (tenant_id, type)
) STRICT;

-- The objects found (R53), numbered in the order in which they were first seen. They are never removed. A lot has shelves, by whether
-- an object is there and what became of its grant: all that a view filters by. So each view reads some shelves from where they begin,
-- in an index that has each in the order asked for, and the kept counters tell how many it has.
CREATE TABLE scan_objects (
    id           INTEGER PRIMARY KEY,
    place        INTEGER NOT NULL GENERATED ALWAYS AS (id) VIRTUAL, -- for indexes, as profiles have it
    lot          INTEGER NOT NULL REFERENCES scan_lots (no),
    shelf        INTEGER NOT NULL GENERATED ALWAYS AS (lot * 16 + (gone_at > 0) * 8 + grant_state) VIRTUAL,
    object_key   TEXT    NOT NULL, -- its id at Microsoft
    name         TEXT    NOT NULL,
    name_order   TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    address_key  TEXT,             -- folded as names are; NULL where lower() does that
    letters      INTEGER NOT NULL, -- as profiles have them (docs/decisions/0011-list.md)
    first_at     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    gone_at      INTEGER NOT NULL, -- 0: it is there
    made         INTEGER NOT NULL, -- the reading that first found it
    seen         INTEGER NOT NULL, -- and the last one
    site_id      TEXT    NOT NULL, -- of a site collection; empty: it is none
    locked       TEXT    NOT NULL,
    archived     INTEGER NOT NULL,
    grant_state  INTEGER NOT NULL, -- 0 nobody has tried, 1 granted, 2 refused, 3 left
    grant_group  TEXT    NOT NULL,
    grant_reason TEXT    NOT NULL,
    grant_at     INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX scan_objects_by_key ON scan_objects (lot, object_key);
CREATE INDEX scan_objects_by_name ON scan_objects (shelf, name_order, place, letters);
CREATE INDEX scan_objects_by_first ON scan_objects (shelf, place);
CREATE INDEX scan_objects_by_last ON scan_objects (shelf, last_at, place);

-- How many objects are on each shelf. Whoever changes objects writes it, once for all that a statement changes.
CREATE TABLE scan_counts (
    shelf INTEGER PRIMARY KEY,
    n     INTEGER NOT NULL
) STRICT;

-- The search: all runs of three letters of an object's folded name and address, with two signs behind each that neither can hold, so that
-- the last letters begin a run too. It is renewed beside the work: objects up to a number are in it as they were found, and those in
-- scan_search_due are called otherwise since.
CREATE VIRTUAL TABLE scan_search USING fts5 (keys, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
CREATE VIRTUAL TABLE scan_terms USING fts5vocab (scan_search, instance);

CREATE TABLE scan_search_through (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    object INTEGER NOT NULL
) STRICT;
INSERT INTO scan_search_through VALUES (1, 0);

CREATE TABLE scan_search_due (object INTEGER PRIMARY KEY) STRICT;

-- Accounts that are term store administrators of a tenant, or are to become that (R51).
CREATE TABLE term_store_administrators (
    tenant_id    TEXT    NOT NULL REFERENCES tenants (id),
    username_key TEXT    NOT NULL,
    username     TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    code         TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    by_name      TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, username_key)
) STRICT, WITHOUT ROWID;
