-- +goose Up

-- When Microsoft asked to be left in peace (R55): of one service by one account or app, in one minute. Kept for a week.
CREATE TABLE tenant_throttles (
    tenant_id TEXT    NOT NULL,
    at        INTEGER NOT NULL, -- the minute
    service   TEXT    NOT NULL,
    who       TEXT    NOT NULL,
    wait      INTEGER NOT NULL, -- milliseconds, the longest that it asked for
    times     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, at, service, who)
) STRICT, WITHOUT ROWID;
