-- +goose Up

-- Planner data (R42): of how many scanned Microsoft 365 Groups a member of an account pool is owner and member at once. What the last scan
-- could not tell leaves the numbers of an earlier one.
CREATE TABLE planner_members (
    tenant_id    TEXT    NOT NULL REFERENCES tenants (id),
    username_key TEXT    NOT NULL,
    in_both      INTEGER NOT NULL, -- groups that it owns and is a member of
    of_groups    INTEGER NOT NULL, -- groups that were there
    read_at      INTEGER NOT NULL, -- 0: no scan could tell yet
    code         TEXT    NOT NULL, -- why the last scan could not; empty: it could
    detail       TEXT    NOT NULL,
    scan_id      TEXT    NOT NULL, -- the last scan, which may have been removed since
    PRIMARY KEY (tenant_id, username_key)
) STRICT, WITHOUT ROWID;

-- What a scan learned of all members. Its row says that the scan has looked.
CREATE TABLE planner_checks (
    scan_id   TEXT    PRIMARY KEY REFERENCES scans (id) ON DELETE CASCADE,
    of_groups INTEGER NOT NULL,
    members   INTEGER NOT NULL,
    known     INTEGER NOT NULL, -- members of whom it could tell
    complete  INTEGER NOT NULL  -- of them, owner and member of every group
) STRICT, WITHOUT ROWID;
