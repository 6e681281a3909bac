-- +goose Up

-- Connected tenants, and the app profile with which each is read. A secret is sealed.
CREATE TABLE tenants (
    id             TEXT    PRIMARY KEY,
    display_name   TEXT    NOT NULL,
    name_key       TEXT    NOT NULL,
    initial_domain TEXT    NOT NULL,
    cloud          TEXT    NOT NULL,
    connected_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE app_profiles (
    tenant_id      TEXT PRIMARY KEY REFERENCES tenants (id),
    application_id TEXT NOT NULL,
    secret         BLOB
) STRICT, WITHOUT ROWID;

-- Service account profiles (R10–R20). The keys are folded, so that names are unique and sort without regard to case in every
-- script. validated_at is 0 for never; expires_at is the largest number where no date is known, so that it sorts last.
CREATE TABLE profiles (
    id           TEXT    PRIMARY KEY,
    kind         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    name_key     TEXT    NOT NULL,
    description  TEXT    NOT NULL,
    tenant_id    TEXT    NOT NULL REFERENCES tenants (id),
    tenant_key   TEXT    NOT NULL,
    username     TEXT    NOT NULL,
    username_key TEXT    NOT NULL,
    password     BLOB    NOT NULL,
    version      INTEGER NOT NULL,
    status       TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL,
    validated_at INTEGER NOT NULL,
    verdict      TEXT    NOT NULL,
    failed       TEXT,
    created_at   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    modified_at  INTEGER NOT NULL,
    modified_by  TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX profiles_by_name ON profiles (name_key);
CREATE INDEX profiles_in_name_order ON profiles (name_key, id);
CREATE INDEX profiles_by_tenant ON profiles (tenant_key, id);
CREATE INDEX profiles_of_tenant ON profiles (tenant_id, name_key, id);
CREATE INDEX profiles_by_username ON profiles (username_key, id);
CREATE INDEX profiles_by_status ON profiles (status, id);
CREATE INDEX profiles_by_expiry ON profiles (expires_at, id);
CREATE INDEX profiles_by_validation ON profiles (validated_at, id);
CREATE INDEX profiles_by_change ON profiles (modified_at, id);

CREATE TABLE profile_services (
    service    TEXT NOT NULL,
    profile_id TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    PRIMARY KEY (service, profile_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX profile_services_of_profile ON profile_services (profile_id);

-- The validation history of a profile.
CREATE TABLE validations (
    id         INTEGER PRIMARY KEY,
    profile_id TEXT    NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    by_name    TEXT    NOT NULL,
    verdict    TEXT    NOT NULL
) STRICT;

CREATE INDEX validations_of_profile ON validations (profile_id, id);
