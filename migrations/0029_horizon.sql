-- +goose Up

-- What is broken, and what ends when (R91): kept beside what it is told from, so that a page of it is a walk along an index, and counts are
-- a few rows. The kinds are those of package horizon; an object is what the noun calls it (profile.ID, pool.MemberAt, appprofile.ID).
CREATE TABLE endings (
    kind      TEXT    NOT NULL,
    object    TEXT    NOT NULL,
    tenant_id TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (kind, object)
) STRICT, WITHOUT ROWID;

CREATE INDEX endings_by_time ON endings (kind, at, object, tenant_id);
CREATE INDEX endings_of_tenant ON endings (tenant_id, kind, at, object);

-- How many end on a day since 1970.
CREATE TABLE ending_days (
    day       INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    tenant_id TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (day, kind, tenant_id)
) STRICT, WITHOUT ROWID;

-- since_at is of the check or validation that found it; it stays while the status changes.
CREATE TABLE breaks (
    kind      TEXT    NOT NULL,
    object    TEXT    NOT NULL,
    tenant_id TEXT    NOT NULL,
    status    TEXT    NOT NULL,
    since_at  INTEGER NOT NULL,
    PRIMARY KEY (kind, object)
) STRICT, WITHOUT ROWID;

CREATE INDEX breaks_by_time ON breaks (kind, since_at, object, tenant_id, status);
CREATE INDEX breaks_of_tenant ON breaks (tenant_id, kind, since_at, object, status);

CREATE TABLE break_counts (
    kind      TEXT    NOT NULL,
    tenant_id TEXT    NOT NULL,
    status    TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (kind, tenant_id, status)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER endings_counted_insert AFTER INSERT ON endings BEGIN
    INSERT INTO ending_days VALUES (new.at / 86400000, new.kind, new.tenant_id, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER endings_counted_delete AFTER DELETE ON endings BEGIN
    UPDATE ending_days SET n = n - 1 WHERE day = old.at / 86400000 AND kind = old.kind AND tenant_id = old.tenant_id;
    DELETE FROM ending_days WHERE day = old.at / 86400000 AND kind = old.kind AND tenant_id = old.tenant_id AND n = 0;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER endings_counted_update AFTER UPDATE ON endings WHEN old.at / 86400000 <> new.at / 86400000 OR old.tenant_id <> new.tenant_id BEGIN
    UPDATE ending_days SET n = n - 1 WHERE day = old.at / 86400000 AND kind = old.kind AND tenant_id = old.tenant_id;
    DELETE FROM ending_days WHERE day = old.at / 86400000 AND kind = old.kind AND tenant_id = old.tenant_id AND n = 0;
    INSERT INTO ending_days VALUES (new.at / 86400000, new.kind, new.tenant_id, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER breaks_counted_insert AFTER INSERT ON breaks BEGIN
    INSERT INTO break_counts VALUES (new.kind, new.tenant_id, new.status, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER breaks_counted_delete AFTER DELETE ON breaks BEGIN
    UPDATE break_counts SET n = n - 1 WHERE kind = old.kind AND tenant_id = old.tenant_id AND status = old.status;
    DELETE FROM break_counts WHERE kind = old.kind AND tenant_id = old.tenant_id AND status = old.status AND n = 0;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER breaks_counted_update AFTER UPDATE ON breaks WHEN old.status <> new.status OR old.tenant_id <> new.tenant_id BEGIN
    UPDATE break_counts SET n = n - 1 WHERE kind = old.kind AND tenant_id = old.tenant_id AND status = old.status;
    DELETE FROM break_counts WHERE kind = old.kind AND tenant_id = old.tenant_id AND status = old.status AND n = 0;
    INSERT INTO break_counts VALUES (new.kind, new.tenant_id, new.status, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- Of a pool member, from its verdicts: when its password ends, in milliseconds, and what is wrong with it. NULL is nothing.
ALTER TABLE pool_credentials ADD COLUMN ends_at INTEGER GENERATED ALWAYS AS (CASE WHEN password IS NOT NULL AND json_extract(verdict, '$.expiry.kind') = 'date'
    THEN CAST(round(unixepoch(json_extract(verdict, '$.expiry.at'), 'subsec') * 1000) AS INTEGER) END) VIRTUAL;
ALTER TABLE pool_credentials ADD COLUMN broken TEXT GENERATED ALWAYS AS (CASE WHEN pending = 0 AND coalesce(password, app_password) IS NOT NULL THEN
    CASE WHEN json_extract(failed, '$.status') NOT IN ('valid', 'not-validated', 'app-setup', 'tenant-not-found', 'unreachable')
        AND (coalesce(json_extract(failed, '$.appPassword'), 0) = mfa OR json_extract(failed, '$.status') = 'mfa-required') THEN json_extract(failed, '$.status')
    WHEN json_extract(verdict, '$.status') <> 'valid' AND coalesce(json_extract(verdict, '$.appPassword'), 0) = mfa THEN json_extract(verdict, '$.status') END END) VIRTUAL;

-- +goose StatementBegin
CREATE TRIGGER profiles_horizon_insert AFTER INSERT ON profiles BEGIN
    INSERT INTO endings (kind, object, tenant_id, at)
        SELECT 'profile_password', new.id, new.tenant_id, new.expires_at WHERE new.expires_at < 9223372036854775807;
    INSERT INTO breaks (kind, object, tenant_id, status, since_at)
        SELECT 'profile', new.id, new.tenant_id, new.status, new.validated_at WHERE new.status NOT IN ('valid', 'not-validated', 'app-setup', 'tenant-not-found', 'unreachable');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_horizon_delete AFTER DELETE ON profiles BEGIN
    DELETE FROM endings WHERE kind = 'profile_password' AND object = old.id;
    DELETE FROM breaks WHERE kind = 'profile' AND object = old.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_horizon_ends AFTER UPDATE OF expires_at ON profiles WHEN old.expires_at <> new.expires_at BEGIN
    DELETE FROM endings WHERE kind = 'profile_password' AND object = new.id AND new.expires_at = 9223372036854775807;
    INSERT INTO endings (kind, object, tenant_id, at)
        SELECT 'profile_password', new.id, new.tenant_id, new.expires_at WHERE new.expires_at < 9223372036854775807
        ON CONFLICT DO UPDATE SET at = excluded.at;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_horizon_breaks AFTER UPDATE OF status ON profiles WHEN old.status <> new.status BEGIN
    DELETE FROM breaks WHERE kind = 'profile' AND object = new.id AND new.status IN ('valid', 'not-validated', 'app-setup', 'tenant-not-found', 'unreachable');
    INSERT INTO breaks (kind, object, tenant_id, status, since_at)
        SELECT 'profile', new.id, new.tenant_id, new.status, new.validated_at WHERE new.status NOT IN ('valid', 'not-validated', 'app-setup', 'tenant-not-found', 'unreachable')
        ON CONFLICT DO UPDATE SET status = excluded.status;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_horizon_tenant AFTER UPDATE OF tenant_id ON profiles WHEN old.tenant_id <> new.tenant_id BEGIN
    UPDATE endings SET tenant_id = new.tenant_id WHERE kind = 'profile_password' AND object = new.id;
    UPDATE breaks SET tenant_id = new.tenant_id WHERE kind = 'profile' AND object = new.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER pool_credentials_horizon_insert AFTER INSERT ON pool_credentials BEGIN
    INSERT INTO endings (kind, object, tenant_id, at)
        SELECT 'member_password', new.tenant_id || '/' || new.class || '/' || new.user_id, new.tenant_id, new.ends_at WHERE new.ends_at IS NOT NULL;
    INSERT INTO breaks (kind, object, tenant_id, status, since_at)
        SELECT 'member', new.tenant_id || '/' || new.class || '/' || new.user_id, new.tenant_id, new.broken, new.checked_at WHERE new.broken IS NOT NULL;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER pool_credentials_horizon_delete AFTER DELETE ON pool_credentials BEGIN
    DELETE FROM endings WHERE kind = 'member_password' AND object = old.tenant_id || '/' || old.class || '/' || old.user_id;
    DELETE FROM breaks WHERE kind = 'member' AND object = old.tenant_id || '/' || old.class || '/' || old.user_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER pool_credentials_horizon_ends AFTER UPDATE OF password, verdict ON pool_credentials WHEN old.ends_at IS NOT new.ends_at BEGIN
    DELETE FROM endings WHERE kind = 'member_password' AND object = new.tenant_id || '/' || new.class || '/' || new.user_id AND new.ends_at IS NULL;
    INSERT INTO endings (kind, object, tenant_id, at)
        SELECT 'member_password', new.tenant_id || '/' || new.class || '/' || new.user_id, new.tenant_id, new.ends_at WHERE new.ends_at IS NOT NULL
        ON CONFLICT DO UPDATE SET at = excluded.at;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER pool_credentials_horizon_breaks AFTER UPDATE OF mfa, password, app_password, pending, verdict, failed ON pool_credentials WHEN old.broken IS NOT new.broken BEGIN
    DELETE FROM breaks WHERE kind = 'member' AND object = new.tenant_id || '/' || new.class || '/' || new.user_id AND new.broken IS NULL;
    INSERT INTO breaks (kind, object, tenant_id, status, since_at)
        SELECT 'member', new.tenant_id || '/' || new.class || '/' || new.user_id, new.tenant_id, new.broken, new.checked_at WHERE new.broken IS NOT NULL
        ON CONFLICT DO UPDATE SET status = excluded.status;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER app_profiles_horizon_insert AFTER INSERT ON app_profiles BEGIN
    INSERT INTO breaks (kind, object, tenant_id, status, since_at)
        SELECT 'app', new.id, new.tenant_id, new.status, new.checked_at WHERE new.status = 'invalid';
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER app_profiles_horizon_delete AFTER DELETE ON app_profiles BEGIN
    DELETE FROM breaks WHERE kind = 'app' AND object = old.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER app_profiles_horizon_breaks AFTER UPDATE OF status ON app_profiles WHEN old.status <> new.status BEGIN
    DELETE FROM breaks WHERE kind = 'app' AND object = new.id AND new.status <> 'invalid';
    INSERT INTO breaks (kind, object, tenant_id, status, since_at)
        SELECT 'app', new.id, new.tenant_id, new.status, new.checked_at WHERE new.status = 'invalid'
        ON CONFLICT DO UPDATE SET status = excluded.status;
END;
-- +goose StatementEnd

INSERT INTO endings (kind, object, tenant_id, at) SELECT 'profile_password', id, tenant_id, expires_at FROM profiles WHERE expires_at < 9223372036854775807;
INSERT INTO endings (kind, object, tenant_id, at) SELECT 'member_password', tenant_id || '/' || class || '/' || user_id, tenant_id, ends_at FROM pool_credentials WHERE ends_at IS NOT NULL;
INSERT INTO breaks (kind, object, tenant_id, status, since_at) SELECT 'profile', id, tenant_id, status, validated_at FROM profiles
    WHERE status NOT IN ('valid', 'not-validated', 'app-setup', 'tenant-not-found', 'unreachable');
INSERT INTO breaks (kind, object, tenant_id, status, since_at) SELECT 'member', tenant_id || '/' || class || '/' || user_id, tenant_id, broken, checked_at FROM pool_credentials
    WHERE broken IS NOT NULL;
INSERT INTO breaks (kind, object, tenant_id, status, since_at) SELECT 'app', id, tenant_id, status, checked_at FROM app_profiles WHERE status = 'invalid';

-- Health checks know better since when a place has been broken.
UPDATE breaks SET since_at = w.bad_at FROM watch_places w
    WHERE w.bad_at > 0 AND w.kind = CASE breaks.kind WHEN 'profile' THEN 'profile' WHEN 'member' THEN 'pool member' END AND w.place = breaks.object;
