-- +goose Up

-- Which letters a profile has in what it is found by, a bit for each (internal/sqlite/profiles/letters.go), or more than it has; -1 while
-- nobody has looked. The orders by name carry it, so that a walk which looks for a term passes by what cannot have it without reading
-- the row. Unlike what is searched itself it seldom changes, so that few edits write these indexes. The program looks at the profiles that are
-- there beside its work: to_fold tells it to.
ALTER TABLE profiles ADD COLUMN letters INTEGER NOT NULL DEFAULT -1;

DROP INDEX profiles_in_name_order;
DROP INDEX profiles_of_tenant;
CREATE INDEX profiles_in_name_order ON profiles (name_order, place, status, expires_at, letters);
CREATE INDEX profiles_of_tenant ON profiles (tenant_id, name_order, place, status, expires_at, letters);

INSERT INTO to_fold VALUES ('letters');
