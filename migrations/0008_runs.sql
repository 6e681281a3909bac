-- +goose Up

-- Runs of every kind in one form (docs/decisions/0012-background-work.md): what validated many profiles and what checked the new
-- passwords of pools had tables of their own. Names are kept as they were, because what an item is about may be gone when the
-- result is read.
CREATE TABLE runs (
    id         TEXT    PRIMARY KEY,
    kind       TEXT    NOT NULL,
    scope      TEXT    NOT NULL, -- what it belongs to, as its kind names it; empty for nothing
    title      TEXT    NOT NULL,
    attended   INTEGER NOT NULL, -- 1: a person began it
    holding    INTEGER NOT NULL, -- 1: its items hold values that wait for their outcome
    state      TEXT    NOT NULL,
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    sign_in    TEXT    NOT NULL,
    request    TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    begun_at   INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX runs_of_scope ON runs (kind, scope, id);
CREATE INDEX runs_active ON runs (id) WHERE state NOT IN ('finished', 'cancelled');

-- sealed is the value of an item, sealed for it, until the item is confirmed or rejected, or another value replaces it.
CREATE TABLE run_items (
    run_id    TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    no        INTEGER NOT NULL,
    subject   TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    username  TEXT    NOT NULL,
    tenant_id TEXT    NOT NULL,
    outcome   TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    status    TEXT    NOT NULL,
    code      TEXT    NOT NULL,
    verdict   TEXT, -- whole, where the kind keeps it with the item
    at        INTEGER NOT NULL,
    tries     INTEGER NOT NULL,
    sealed    BLOB,
    PRIMARY KEY (run_id, no)
) STRICT, WITHOUT ROWID;

-- How many items of a run have which outcome, kept by the triggers: a page that is renewed twice a second counts nothing.
CREATE TABLE run_counts (
    run_id  TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    outcome TEXT    NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (run_id, outcome)
) STRICT, WITHOUT ROWID;

INSERT INTO runs SELECT id, 'validation_run', '', selection, attended, 0, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at
FROM validation_runs;
INSERT INTO runs SELECT id, 'pool_check', tenant_id || '/' || class, group_name, 1, 1, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at
FROM pool_checks;

INSERT INTO run_items SELECT run_id, no, profile_id, name, username, tenant_id, outcome, reason, status, code, NULL, at, tries, NULL
FROM validation_run_items;
INSERT INTO run_items SELECT i.check_id, i.no, i.user_id, i.name, i.username, c.tenant_id, i.outcome, i.reason,
    coalesce(json_extract(i.verdict, '$.status'), ''), coalesce(json_extract(i.verdict, '$.code'), ''), i.verdict, i.at, i.tries, i.pending
FROM pool_check_items i JOIN pool_checks c ON c.id = i.check_id;

INSERT INTO run_counts SELECT run_id, outcome, count(*) FROM run_items GROUP BY run_id, outcome;

CREATE INDEX run_items_by_outcome ON run_items (run_id, outcome, no);
CREATE INDEX run_items_waiting ON run_items (run_id, tenant_id, no) WHERE outcome = 'waiting';
CREATE INDEX run_items_sealed ON run_items (subject) WHERE sealed IS NOT NULL;

-- +goose StatementBegin
CREATE TRIGGER run_items_counted AFTER INSERT ON run_items BEGIN
    INSERT INTO run_counts (run_id, outcome, n) VALUES (NEW.run_id, NEW.outcome, 1) ON CONFLICT (run_id, outcome) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER run_items_recounted AFTER UPDATE OF outcome ON run_items WHEN OLD.outcome <> NEW.outcome BEGIN
    UPDATE run_counts SET n = n - 1 WHERE run_id = OLD.run_id AND outcome = OLD.outcome;
    INSERT INTO run_counts (run_id, outcome, n) VALUES (NEW.run_id, NEW.outcome, 1) ON CONFLICT (run_id, outcome) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

DROP TABLE validation_run_counts;
DROP TABLE validation_run_items;
DROP TABLE validation_runs;
DROP TABLE pool_check_counts;
DROP TABLE pool_check_items;
DROP TABLE pool_checks;
