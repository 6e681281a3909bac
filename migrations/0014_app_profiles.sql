-- +goose Up

-- What was read of a tenant (R73), and when; gone_at is when Microsoft said that it is not there any more. 0 is never.
ALTER TABLE tenants ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tenants ADD COLUMN read_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN gone_at INTEGER NOT NULL DEFAULT 0;

-- Several app profiles may name one tenant (R70); one of them is preferred. The one that there was keeps its tenant's id, because its
-- secret is sealed with that, and is called as its tenant is.
ALTER TABLE app_profiles RENAME TO app_profiles_before;

CREATE TABLE app_profiles (
    id             TEXT    PRIMARY KEY,
    name           TEXT    NOT NULL,
    name_key       TEXT    NOT NULL,
    tenant_id      TEXT    NOT NULL REFERENCES tenants (id),
    application_id TEXT    NOT NULL,
    preferred      INTEGER NOT NULL,
    status         TEXT    NOT NULL,
    checked_at     INTEGER NOT NULL, -- 0: never
    finding        TEXT    NOT NULL,
    granted        TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    created_by     TEXT    NOT NULL,
    modified_at    INTEGER NOT NULL,
    modified_by    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO app_profiles
SELECT a.tenant_id,
    t.display_name || CASE WHEN twice.n > 1 THEN ' (' || t.id || ')' ELSE '' END,
    t.name_key || CASE WHEN twice.n > 1 THEN ' (' || t.id || ')' ELSE '' END,
    t.id, a.application_id, 1, 'not-checked', 0, '{}', '{}', 1, t.connected_at, '', t.connected_at, ''
FROM app_profiles_before a JOIN tenants t ON t.id = a.tenant_id
    JOIN (SELECT name_key, count(*) AS n FROM tenants GROUP BY name_key) twice ON twice.name_key = t.name_key;

CREATE UNIQUE INDEX app_profiles_by_name ON app_profiles (name_key);
CREATE UNIQUE INDEX app_profiles_preferred ON app_profiles (tenant_id) WHERE preferred = 1;
CREATE INDEX app_profiles_of_tenant ON app_profiles (tenant_id, created_at);

-- What an app proves itself by: one credential, or two while one takes the place of the other. expires_at is 0 where no end is known.
CREATE TABLE app_credentials (
    profile_id TEXT    NOT NULL REFERENCES app_profiles (id) ON DELETE CASCADE,
    id         TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    standing   TEXT    NOT NULL,
    code       TEXT    NOT NULL, -- why it was refused
    expires_at INTEGER NOT NULL,
    public     BLOB,             -- the certificate, DER
    made       INTEGER NOT NULL,
    secret     BLOB,             -- sealed; of a public client, nothing is sealed
    added_at   INTEGER NOT NULL,
    added_by   TEXT    NOT NULL,
    PRIMARY KEY (profile_id, id)
) STRICT, WITHOUT ROWID;

-- A sealed nothing has 33 bytes: the number of its key, the nonce and the tag.
INSERT INTO app_credentials
SELECT a.tenant_id, 'secret', CASE WHEN a.secret IS NULL OR length(a.secret) <= 33 THEN 'none' ELSE 'secret' END, 'waiting', '', 0, NULL, 0, a.secret, t.connected_at, ''
FROM app_profiles_before a JOIN tenants t ON t.id = a.tenant_id;

DROP TABLE app_profiles_before;
