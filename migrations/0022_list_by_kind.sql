-- +goose Up

-- The list is filtered by kind as it is by status (docs/decisions/0011-list.md): each order carries the kind, so that a walk which looks for
-- one reads nothing else, and counters tell how many there are.
DROP INDEX profiles_in_name_order;
DROP INDEX profiles_of_tenant;
DROP INDEX profiles_by_tenant;
DROP INDEX profiles_by_username;
DROP INDEX profiles_by_status;
DROP INDEX profiles_by_expiry;
DROP INDEX profiles_by_validation;
DROP INDEX profiles_by_change;
CREATE INDEX profiles_in_name_order ON profiles (name_order, place, status, expires_at, letters, kind);
CREATE INDEX profiles_of_tenant ON profiles (tenant_id, name_order, place, status, expires_at, letters, kind);
CREATE INDEX profiles_by_tenant ON profiles (tenant_key, place, status, kind);
CREATE INDEX profiles_by_username ON profiles (username_key, place, status, kind);
CREATE INDEX profiles_by_status ON profiles (status, place, expires_at, validated_at, modified_at, kind);
CREATE INDEX profiles_by_expiry ON profiles (expires_at, place, status, kind);
CREATE INDEX profiles_by_validation ON profiles (validated_at, place, status, kind);
CREATE INDEX profiles_by_change ON profiles (modified_at, place, status, kind);

-- Classic MFA profiles alone, with what is counted of them by status.
DROP INDEX profiles_classic;
CREATE INDEX profiles_classic ON profiles (place, status, expires_at) WHERE kind = 'mfa';

-- Those of the other kind are the rest.
INSERT INTO profile_counts SELECT 'kind', kind, count(*) FROM profiles WHERE kind = 'mfa' GROUP BY kind;

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_classic_insert AFTER INSERT ON profiles WHEN new.kind = 'mfa' BEGIN
    INSERT INTO profile_counts VALUES ('kind', 'mfa', 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_classic_delete AFTER DELETE ON profiles WHEN old.kind = 'mfa' BEGIN
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'kind' AND value = 'mfa';
END;
-- +goose StatementEnd

-- A conversion: the way back does not exist (R33).
-- +goose StatementBegin
CREATE TRIGGER profiles_counted_conversion AFTER UPDATE OF kind ON profiles WHEN old.kind = 'mfa' AND new.kind <> 'mfa' BEGIN
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'kind' AND value = 'mfa';
END;
-- +goose StatementEnd
