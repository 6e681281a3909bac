-- +goose Up

-- Pools whose groups no longer have the members that were saved (R93). reading_id is what was saved when they were compared: another one makes
-- the row void.
CREATE TABLE pool_drifts (
    tenant_id  TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    class      TEXT    NOT NULL,
    reading_id TEXT    NOT NULL,
    joined     INTEGER NOT NULL,
    departed   INTEGER NOT NULL,
    blocked    INTEGER NOT NULL,
    allowed    INTEGER NOT NULL,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, class)
) STRICT, WITHOUT ROWID;
