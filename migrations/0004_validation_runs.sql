-- +goose Up

-- Validations of many profiles (R11), and what became of each profile. Names are kept as they were, because the profile may
-- be gone when the result is read.
CREATE TABLE validation_runs (
    id         TEXT    PRIMARY KEY,
    selection  TEXT    NOT NULL,
    attended   INTEGER NOT NULL, -- 1: a person began it
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

CREATE INDEX validation_runs_active ON validation_runs (id) WHERE state NOT IN ('finished', 'cancelled');

CREATE TABLE validation_run_items (
    run_id     TEXT    NOT NULL REFERENCES validation_runs (id) ON DELETE CASCADE,
    no         INTEGER NOT NULL,
    profile_id TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    username   TEXT    NOT NULL,
    tenant_id  TEXT    NOT NULL,
    outcome    TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    code       TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    PRIMARY KEY (run_id, no)
) STRICT, WITHOUT ROWID;

CREATE INDEX validation_run_items_by_outcome ON validation_run_items (run_id, outcome, no);
CREATE INDEX validation_run_items_waiting ON validation_run_items (run_id, tenant_id, no) WHERE outcome = 'waiting';

-- How many items of a run have which outcome, kept by the triggers: a page that is renewed twice a second counts nothing.
CREATE TABLE validation_run_counts (
    run_id  TEXT    NOT NULL REFERENCES validation_runs (id) ON DELETE CASCADE,
    outcome TEXT    NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (run_id, outcome)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER validation_run_items_counted AFTER INSERT ON validation_run_items BEGIN
    INSERT INTO validation_run_counts (run_id, outcome, n) VALUES (NEW.run_id, NEW.outcome, 1)
        ON CONFLICT (run_id, outcome) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER validation_run_items_recounted AFTER UPDATE OF outcome ON validation_run_items WHEN OLD.outcome <> NEW.outcome BEGIN
    UPDATE validation_run_counts SET n = n - 1 WHERE run_id = OLD.run_id AND outcome = OLD.outcome;
    INSERT INTO validation_run_counts (run_id, outcome, n) VALUES (NEW.run_id, NEW.outcome, 1)
        ON CONFLICT (run_id, outcome) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
