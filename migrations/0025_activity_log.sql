-- +goose Up

-- What the activity log is looked through by (R63). Both are worked out of what the chain covers, so that nothing stands in the log that is
-- not proved: the tenant that an entry is about, and what came of it ("done", "begun", "failed" or "refused").
ALTER TABLE activity ADD COLUMN tenant TEXT GENERATED ALWAYS AS (
    CASE
        WHEN target_kind = 'tenant' THEN target_id
        WHEN target_kind = 'account pool' THEN substr(target_id, 1, instr(target_id || '/', '/') - 1)
        WHEN json_valid(details) THEN CAST(json_extract(details, '$.tenant') AS TEXT)
    END) VIRTUAL;

ALTER TABLE activity ADD COLUMN result TEXT GENERATED ALWAYS AS (
    CASE
        WHEN substr(action, -8) = ' refused' OR action = 'access denied' THEN 'refused'
        WHEN substr(action, -12) = ' interrupted' OR substr(action, -8) = ' skipped' OR substr(action, -7) = ' failed' THEN 'failed'
        WHEN substr(action, -6) = ' begun' OR substr(action, -24) = ' used to read the tenant' THEN 'begun'
        WHEN NOT json_valid(details) THEN 'done'
        WHEN json_extract(details, '$.result') IN ('done', 'begun', 'failed', 'refused') THEN json_extract(details, '$.result')
        WHEN (substr(action, -6) = ' ended' OR substr(action, -8) = ' checked' OR action = 'account read the tenant')
            AND (json_extract(details, '$.status') NOT IN ('valid', 'active', 'not-checked', 'not-validated')
                OR json_extract(details, '$.state') IN ('failed', 'exception', 'refused')) THEN 'failed'
        ELSE 'done'
    END) VIRTUAL;

-- Each filter walks an index from the newest entry to the oldest; seq, the row's number, is in all of them.
CREATE INDEX activity_by_time ON activity (at);
CREATE INDEX activity_by_person ON activity (sign_in, name, at);
CREATE INDEX activity_by_action ON activity (action, at);
CREATE INDEX activity_by_object ON activity (target_name COLLATE NOCASE, at);
CREATE INDEX activity_by_tenant ON activity (tenant, at) WHERE tenant IS NOT NULL;
CREATE INDEX activity_by_result ON activity (result, at) WHERE result <> 'done';

-- How many entries each hour of the log has, for the picture of a day: a day of a large run has hundreds of thousands.
CREATE TABLE activity_hours (
    hour    INTEGER PRIMARY KEY, -- since 1970
    entries INTEGER NOT NULL,
    failed  INTEGER NOT NULL -- refused ones among them
) STRICT;

INSERT INTO activity_hours (hour, entries, failed)
    SELECT at / 3600000, count(*), sum(result IN ('failed', 'refused')) FROM activity GROUP BY 1;

-- +goose StatementBegin
CREATE TRIGGER activity_counted_insert AFTER INSERT ON activity BEGIN
    INSERT INTO activity_hours (hour, entries, failed) VALUES (NEW.at / 3600000, 1, NEW.result IN ('failed', 'refused'))
        ON CONFLICT (hour) DO UPDATE SET entries = entries + 1, failed = failed + excluded.failed;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER activity_counted_delete AFTER DELETE ON activity BEGIN
    UPDATE activity_hours SET entries = entries - 1, failed = failed - (OLD.result IN ('failed', 'refused')) WHERE hour = OLD.at / 3600000;
END;
-- +goose StatementEnd

-- What somebody had verified, and what it came to.
CREATE TABLE activity_verifications (
    id         TEXT    PRIMARY KEY,
    state      TEXT    NOT NULL, -- "waiting", "running", "holds", "broken", "failed"
    by         TEXT    NOT NULL,
    begun_at   INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL, -- 0: not yet
    entries    INTEGER NOT NULL, -- that were read
    chains     INTEGER NOT NULL,
    broken     INTEGER NOT NULL, -- the entry that does not hold; 0: none
    reason     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX activity_verifications_by_time ON activity_verifications (begun_at);

-- The signature under which the entries of a chain may be gone (retention); NULL: all of them must be there.
ALTER TABLE chains ADD COLUMN checkpoint BLOB;

-- How far each receiver has the log, and since when it has not answered.
CREATE TABLE activity_receivers (
    name       TEXT    PRIMARY KEY, -- "file", "syslog"
    address    TEXT    NOT NULL,    -- another one begins where the former stood
    seq        INTEGER NOT NULL,    -- the last entry that it took
    at         INTEGER NOT NULL,    -- when
    failing_at INTEGER NOT NULL,    -- since when it takes none; 0: it does
    reason     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
