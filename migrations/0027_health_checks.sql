-- +goose Up

-- When the nights of a tenant begin in which its accounts are checked, and what the last one was (R90). A tenant without a row is as usual.
CREATE TABLE watch_plans (
    tenant_id TEXT    PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    minute    INTEGER NOT NULL, -- of the day, by the clocks of the zone
    zone      TEXT    NOT NULL,
    next_at   INTEGER NOT NULL,
    night_at  INTEGER NOT NULL, -- 0: there was none
    pace      INTEGER NOT NULL, -- milliseconds between two accounts
    total     INTEGER NOT NULL,
    left_over INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What somebody turned off. until_at is 0 where somebody has to turn it on again.
CREATE TABLE watch_freezes (
    kind     TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    until_at INTEGER NOT NULL,
    because  TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    by_name  TEXT    NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- The places whose accounts are checked: a profile, or a member of a pool with a stored password. They are gathered when a night begins.
-- outcome and what follows are of the last check; good_at is the last that found the place good, and bad_at the first that found it bad
-- after that, 0 where it is not bad.
CREATE TABLE watch_places (
    no           INTEGER PRIMARY KEY,
    kind         TEXT    NOT NULL,
    place        TEXT    NOT NULL,
    tenant_id    TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    account      TEXT    NOT NULL,
    night_at     INTEGER NOT NULL,
    due_at       INTEGER NOT NULL, -- 0: not in this night any more
    tries        INTEGER NOT NULL,
    under_way_at INTEGER NOT NULL, -- 0: no check is under way
    last_at      INTEGER NOT NULL,
    outcome      TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    code         TEXT    NOT NULL,
    good_at      INTEGER NOT NULL,
    bad_at       INTEGER NOT NULL,
    UNIQUE (kind, place)
) STRICT;

CREATE INDEX watch_places_of_tenant ON watch_places (tenant_id, outcome);
CREATE INDEX watch_places_of_account ON watch_places (tenant_id, account);
CREATE INDEX watch_places_due ON watch_places (tenant_id, due_at) WHERE due_at > 0;
CREATE INDEX watch_places_by_turn ON watch_places (due_at) WHERE due_at > 0;
CREATE INDEX watch_places_under_way ON watch_places (no) WHERE under_way_at > 0;

-- What each check came to. What is older than ninety days is thinned out to the checks at which something changed.
CREATE TABLE watch_checks (
    no      INTEGER NOT NULL REFERENCES watch_places (no) ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    outcome TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    status  TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    PRIMARY KEY (no, at)
) STRICT, WITHOUT ROWID;

-- How far each place has been thinned out.
CREATE TABLE watch_thinned (
    no INTEGER PRIMARY KEY REFERENCES watch_places (no) ON DELETE CASCADE,
    at INTEGER NOT NULL
) STRICT;
