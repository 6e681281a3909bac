-- +goose Up

-- Account pools (R40–R47), one for each tenant and object class. What is in force stands beside what is saved.
CREATE TABLE pools (
    tenant_id      TEXT    NOT NULL REFERENCES tenants (id),
    class          TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    group_text     TEXT    NOT NULL, -- the group as JSON; empty: none
    reading_id     TEXT    NOT NULL, -- its members; empty: none
    admin_url      TEXT    NOT NULL,
    objects        INTEGER NOT NULL, -- 0: not known
    saved_at       INTEGER NOT NULL,
    saved_by       TEXT    NOT NULL,
    force_version  INTEGER NOT NULL, -- 0: nothing is in force yet
    force_group    TEXT    NOT NULL,
    force_reading  TEXT    NOT NULL,
    force_url      TEXT    NOT NULL,
    force_at       INTEGER NOT NULL,
    force_by       TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, class)
) STRICT, WITHOUT ROWID;

-- What Microsoft said a group's members were at one moment.
CREATE TABLE pool_readings (
    id         TEXT    PRIMARY KEY,
    tenant_id  TEXT    NOT NULL REFERENCES tenants (id),
    class      TEXT    NOT NULL,
    group_text TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    failure    TEXT    NOT NULL,
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    sign_in    TEXT    NOT NULL,
    request    TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    begun_at   INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX pool_readings_of_pool ON pool_readings (tenant_id, class, id);

-- mfa and standing follow from pool_credentials; they stand here so that pages filter and count without asking there.
CREATE TABLE pool_members (
    reading_id   TEXT    NOT NULL REFERENCES pool_readings (id) ON DELETE CASCADE,
    user_id      TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    name_key     TEXT    NOT NULL,
    username     TEXT    NOT NULL,
    username_key TEXT    NOT NULL,
    enabled      INTEGER NOT NULL,
    nested       INTEGER NOT NULL,
    unread       INTEGER NOT NULL,
    products     TEXT    NOT NULL, -- a line feed between them
    mfa          INTEGER NOT NULL,
    standing     TEXT    NOT NULL,
    PRIMARY KEY (reading_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pool_members_by_name ON pool_members (reading_id, name_key, user_id, username_key, standing, mfa);
CREATE INDEX pool_members_by_username ON pool_members (reading_id, username_key);

CREATE TABLE pool_others (
    reading_id TEXT NOT NULL REFERENCES pool_readings (id) ON DELETE CASCADE,
    object_id  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    PRIMARY KEY (reading_id, object_id)
) STRICT, WITHOUT ROWID;

-- How many members of a reading stand where, and how many have MFA, kept by the triggers; others are counted with the
-- standing 'left-out'.
CREATE TABLE pool_counts (
    reading_id TEXT    NOT NULL REFERENCES pool_readings (id) ON DELETE CASCADE,
    standing   TEXT    NOT NULL,
    mfa        INTEGER NOT NULL,
    n          INTEGER NOT NULL,
    PRIMARY KEY (reading_id, standing, mfa)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER pool_members_counted AFTER INSERT ON pool_members BEGIN
    INSERT INTO pool_counts (reading_id, standing, mfa, n) VALUES (NEW.reading_id, NEW.standing, NEW.mfa, 1)
        ON CONFLICT (reading_id, standing, mfa) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER pool_members_recounted AFTER UPDATE OF mfa, standing ON pool_members WHEN OLD.mfa <> NEW.mfa OR OLD.standing <> NEW.standing BEGIN
    UPDATE pool_counts SET n = n - 1 WHERE reading_id = OLD.reading_id AND standing = OLD.standing AND mfa = OLD.mfa;
    INSERT INTO pool_counts (reading_id, standing, mfa, n) VALUES (NEW.reading_id, NEW.standing, NEW.mfa, 1)
        ON CONFLICT (reading_id, standing, mfa) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER pool_others_counted AFTER INSERT ON pool_others BEGIN
    INSERT INTO pool_counts (reading_id, standing, mfa, n) VALUES (NEW.reading_id, 'left-out', 0, 1)
        ON CONFLICT (reading_id, standing, mfa) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- What Purser keeps of a member's account for one pool. pending: 0 no new password, 1 it waits for its check, 2 nobody could
-- tell about it.
CREATE TABLE pool_credentials (
    tenant_id    TEXT    NOT NULL REFERENCES tenants (id),
    class        TEXT    NOT NULL,
    user_id      TEXT    NOT NULL,
    mfa          INTEGER NOT NULL,
    password     BLOB,
    app_password BLOB,
    pending      INTEGER NOT NULL,
    verdict      TEXT, -- of password
    failed       TEXT, -- of a later one that was not stored
    checked_at   INTEGER NOT NULL,
    set_at       INTEGER NOT NULL,
    set_by       TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, class, user_id)
) STRICT, WITHOUT ROWID;

-- Checks of the new passwords of one Save each (R43).
CREATE TABLE pool_checks (
    id         TEXT    PRIMARY KEY,
    tenant_id  TEXT    NOT NULL REFERENCES tenants (id),
    class      TEXT    NOT NULL,
    group_name TEXT    NOT NULL,
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

CREATE INDEX pool_checks_of_pool ON pool_checks (tenant_id, class, id);

-- pending is the new password, sealed for this row, until it is stored, refused or replaced.
CREATE TABLE pool_check_items (
    check_id TEXT    NOT NULL REFERENCES pool_checks (id) ON DELETE CASCADE,
    no       INTEGER NOT NULL,
    user_id  TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    username TEXT    NOT NULL,
    outcome  TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    verdict  TEXT,
    at       INTEGER NOT NULL,
    tries    INTEGER NOT NULL,
    pending  BLOB,
    PRIMARY KEY (check_id, no)
) STRICT, WITHOUT ROWID;

CREATE INDEX pool_check_items_by_outcome ON pool_check_items (check_id, outcome, no);
CREATE INDEX pool_check_items_pending ON pool_check_items (user_id) WHERE pending IS NOT NULL;

CREATE TABLE pool_check_counts (
    check_id TEXT    NOT NULL REFERENCES pool_checks (id) ON DELETE CASCADE,
    outcome  TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (check_id, outcome)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER pool_check_items_counted AFTER INSERT ON pool_check_items BEGIN
    INSERT INTO pool_check_counts (check_id, outcome, n) VALUES (NEW.check_id, NEW.outcome, 1)
        ON CONFLICT (check_id, outcome) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER pool_check_items_recounted AFTER UPDATE OF outcome ON pool_check_items WHEN OLD.outcome <> NEW.outcome BEGIN
    UPDATE pool_check_counts SET n = n - 1 WHERE check_id = OLD.check_id AND outcome = OLD.outcome;
    INSERT INTO pool_check_counts (check_id, outcome, n) VALUES (NEW.check_id, NEW.outcome, 1)
        ON CONFLICT (check_id, outcome) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
