-- +goose Up

-- The list at a million profiles (docs/decisions/0011-list.md). Profiles get a number of their own, which indexes and the search
-- carry instead of the id, and what a row of the list shows stands beside the verdict, so that no page reads its JSON.
-- Foreign keys hold while a migration runs: the children are rebuilt before their old parent goes, or it would take them along.
CREATE TABLE profiles_rebuilt (
    row           INTEGER PRIMARY KEY,
    place         INTEGER NOT NULL GENERATED ALWAYS AS (row) VIRTUAL, -- for indexes: SQLite finds no place in one by (key, row)
    id            TEXT    NOT NULL UNIQUE,
    kind          TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    name_key      TEXT    NOT NULL,
    description   TEXT    NOT NULL,
    tenant_id     TEXT    NOT NULL REFERENCES tenants (id),
    tenant_key    TEXT    NOT NULL,
    username      TEXT    NOT NULL,
    username_key  TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    status        TEXT    NOT NULL,
    expires_at    INTEGER NOT NULL,
    validated_at  INTEGER NOT NULL,
    services      TEXT    NOT NULL, -- ids, a blank between them
    code          TEXT    NOT NULL, -- of the verdict, as all that follows
    expiry        TEXT    NOT NULL, -- its kind; the date is expires_at
    warn_at       INTEGER NOT NULL, -- 0 for never
    roles         TEXT,             -- template id, a blank, name; one to a line; NULL: not read
    products      TEXT,             -- what it is licensed for, one to a line; NULL: not read
    warnings      TEXT    NOT NULL, -- kinds, a blank between them
    failed_status TEXT,             -- of the attempt in failed
    failed_at     INTEGER,
    created_at    INTEGER NOT NULL,
    created_by    TEXT    NOT NULL,
    modified_at   INTEGER NOT NULL,
    modified_by   TEXT    NOT NULL,
    password      BLOB    NOT NULL,
    verdict       TEXT    NOT NULL,
    failed        TEXT
) STRICT;

INSERT INTO profiles_rebuilt (id, kind, name, name_key, description, tenant_id, tenant_key, username, username_key, version, status, expires_at,
    validated_at, services, code, expiry, warn_at, roles, products, warnings, failed_status, failed_at, created_at, created_by, modified_at, modified_by,
    password, verdict, failed)
SELECT id, kind, name, name_key, description, tenant_id, tenant_key, username, username_key, version, status, expires_at, validated_at,
    coalesce((SELECT group_concat(service, ' ') FROM profile_services WHERE profile_id = p.id), ''),
    coalesce(json_extract(verdict, '$.code'), ''), coalesce(json_extract(verdict, '$.expiry.kind'), ''),
    coalesce(CAST(round(unixepoch(json_extract(verdict, '$.expiry.warn'), 'subsec') * 1000) AS INTEGER), 0),
    CASE WHEN json_extract(verdict, '$.rolesRead') THEN
        coalesce((SELECT group_concat(json_extract(value, '$.templateId') || ' ' || json_extract(value, '$.name'), char(10)) FROM json_each(verdict, '$.roles')), '') END,
    CASE WHEN json_extract(verdict, '$.proof.licence') <> '' THEN
        coalesce((SELECT group_concat(value, char(10)) FROM json_each(verdict, '$.products')), '') END,
    coalesce((SELECT group_concat(json_extract(value, '$.kind'), ' ') FROM json_each(verdict, '$.warnings')), ''),
    json_extract(failed, '$.status'), CAST(round(unixepoch(json_extract(failed, '$.at'), 'subsec') * 1000) AS INTEGER),
    created_at, created_by, modified_at, modified_by, password, verdict, failed
FROM profiles p ORDER BY id;

CREATE TABLE profile_services_rebuilt (
    service TEXT    NOT NULL,
    profile INTEGER NOT NULL REFERENCES profiles_rebuilt (row) ON DELETE CASCADE,
    PRIMARY KEY (service, profile)
) STRICT, WITHOUT ROWID;

INSERT INTO profile_services_rebuilt (service, profile)
SELECT s.service, p.row FROM profile_services s JOIN profiles_rebuilt p ON p.id = s.profile_id;

CREATE TABLE validations_rebuilt (
    id         INTEGER PRIMARY KEY,
    profile_id TEXT    NOT NULL REFERENCES profiles_rebuilt (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    by_name    TEXT    NOT NULL,
    verdict    TEXT    NOT NULL
) STRICT;

INSERT INTO validations_rebuilt (id, profile_id, at, by_name, verdict) SELECT id, profile_id, at, by_name, verdict FROM validations;

DROP TABLE profile_services;
DROP TABLE validations;
DROP TABLE profiles;
ALTER TABLE profiles_rebuilt RENAME TO profiles;
ALTER TABLE profile_services_rebuilt RENAME TO profile_services;
ALTER TABLE validations_rebuilt RENAME TO validations;

CREATE INDEX profile_services_of_profile ON profile_services (profile);
CREATE INDEX validations_of_profile ON validations (profile_id, id);

-- One index for each order of the list, its rows numbered for the cursor. Each carries the status, so that a walk which looks
-- for one reads nothing else; the order by name carries what a search tests as well, and the one by status the other orders
-- in which a status stands together.
CREATE UNIQUE INDEX profiles_by_name ON profiles (name_key);
CREATE INDEX profiles_in_name_order ON profiles (name_key, place, username_key, status, expires_at);
CREATE INDEX profiles_by_tenant ON profiles (tenant_key, place, status);
CREATE INDEX profiles_by_username ON profiles (username_key, place, status);
CREATE INDEX profiles_by_status ON profiles (status, place, expires_at, validated_at, modified_at);
CREATE INDEX profiles_by_expiry ON profiles (expires_at, place, status);
CREATE INDEX profiles_by_validation ON profiles (validated_at, place, status);
CREATE INDEX profiles_by_change ON profiles (modified_at, place, status);
CREATE INDEX profiles_of_tenant ON profiles (tenant_id, name_key, place, status);

-- How many profiles there are by status, tenant and day on which the password expires (days since 1970), and by service.
-- Triggers keep them, so that no page counts.
CREATE TABLE profile_counts (
    kind  TEXT    NOT NULL,
    value TEXT    NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

INSERT INTO profile_counts SELECT 'status', status, count(*) FROM profiles GROUP BY status;
INSERT INTO profile_counts SELECT 'tenant', tenant_id, count(*) FROM profiles GROUP BY tenant_id;
INSERT INTO profile_counts SELECT 'expires', printf('%06d', expires_at / 86400000), count(*) FROM profiles
    WHERE expires_at < 9223372036854775807 GROUP BY 2;
INSERT INTO profile_counts SELECT 'service', service, count(*) FROM profile_services GROUP BY service;

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_insert AFTER INSERT ON profiles BEGIN
    INSERT INTO profile_counts VALUES ('status', new.status, 1), ('tenant', new.tenant_id, 1) ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO profile_counts SELECT 'expires', printf('%06d', new.expires_at / 86400000), 1
        WHERE new.expires_at < 9223372036854775807 ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_delete AFTER DELETE ON profiles BEGIN
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'status' AND value = old.status;
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'tenant' AND value = old.tenant_id;
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'expires' AND value = printf('%06d', old.expires_at / 86400000);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_status AFTER UPDATE OF status ON profiles WHEN old.status <> new.status BEGIN
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'status' AND value = old.status;
    INSERT INTO profile_counts VALUES ('status', new.status, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_tenant AFTER UPDATE OF tenant_id ON profiles WHEN old.tenant_id <> new.tenant_id BEGIN
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'tenant' AND value = old.tenant_id;
    INSERT INTO profile_counts VALUES ('tenant', new.tenant_id, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_expiry AFTER UPDATE OF expires_at ON profiles WHEN old.expires_at <> new.expires_at BEGIN
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'expires' AND value = printf('%06d', old.expires_at / 86400000);
    INSERT INTO profile_counts SELECT 'expires', printf('%06d', new.expires_at / 86400000), 1
        WHERE new.expires_at < 9223372036854775807 ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profile_services_counted_insert AFTER INSERT ON profile_services BEGIN
    INSERT INTO profile_counts VALUES ('service', new.service, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profile_services_counted_delete AFTER DELETE ON profile_services BEGIN
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'service' AND value = old.service;
END;
-- +goose StatementEnd

-- The search: all runs of three letters of a profile's folded name, its first letter left out, and of its folded username.
-- Names that begin with a term are found by their order, and a term that many names begin with is seldom found elsewhere.
-- Two signs that neither text can hold follow each, so that its last letters begin a run too; terms of one and two letters
-- are looked up by the runs that begin with them.
CREATE VIRTUAL TABLE profile_search USING fts5 (keys, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
CREATE VIRTUAL TABLE profile_terms USING fts5vocab (profile_search, instance);

INSERT INTO profile_search (rowid, keys) SELECT row, substr(name_key, 2) || char(1, 1) || username_key || char(1, 1) FROM profiles ORDER BY row;

-- +goose StatementBegin
CREATE TRIGGER profiles_found_insert AFTER INSERT ON profiles BEGIN
    INSERT INTO profile_search (rowid, keys) VALUES (new.row, substr(new.name_key, 2) || char(1, 1) || new.username_key || char(1, 1));
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_found_delete AFTER DELETE ON profiles BEGIN
    DELETE FROM profile_search WHERE rowid = old.row;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_found_update AFTER UPDATE OF name_key, username_key ON profiles
    WHEN old.name_key <> new.name_key OR old.username_key <> new.username_key BEGIN
    UPDATE profile_search SET keys = substr(new.name_key, 2) || char(1, 1) || new.username_key || char(1, 1) WHERE rowid = new.row;
END;
-- +goose StatementEnd
