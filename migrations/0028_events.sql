-- +goose Up

-- What happened that people are told of (R92). The id follows from what happened, so that nothing is told twice. told is 1 as soon as it
-- is settled who gets to know.
CREATE TABLE events (
    no          INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    kind        TEXT    NOT NULL,
    tenant_id   TEXT    NOT NULL, -- empty: it concerns none
    object_kind TEXT    NOT NULL,
    object_id   TEXT    NOT NULL,
    object_name TEXT    NOT NULL,
    account     TEXT    NOT NULL,
    cause       TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    facts       TEXT    NOT NULL, -- JSON
    told        INTEGER NOT NULL
) STRICT;

CREATE INDEX events_by_time ON events (at, no);
CREATE INDEX events_of_tenant ON events (tenant_id, at, no);
CREATE INDEX events_untold ON events (no) WHERE told = 0;
