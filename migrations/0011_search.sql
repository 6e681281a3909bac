-- +goose Up

-- The search finds what a row tells: name, username, description, services and code, without regard to case and to accents
-- (docs/decisions/0011-list.md). name_order is the name so folded, which the list is sorted by too; search_key is all of it but the
-- code, a field after the other with two signs behind each that none can hold. What SQLite cannot fold (accents, and case beyond
-- ASCII in descriptions) is folded by the program at its next start: to_fold tells it where.
ALTER TABLE profiles ADD COLUMN name_order TEXT NOT NULL DEFAULT '';
ALTER TABLE profiles ADD COLUMN search_key TEXT NOT NULL DEFAULT '';

CREATE TABLE to_fold (what TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO to_fold VALUES ('profiles'), ('pool_members');

DROP TRIGGER profiles_found_insert;
DROP TRIGGER profiles_found_delete;
DROP TRIGGER profiles_found_update;
DROP TABLE profile_terms;
DROP TABLE profile_search;
DROP INDEX profiles_in_name_order;
DROP INDEX profiles_of_tenant;

WITH names (no, id, name) AS (VALUES
    (1, 'cense', 'cense'), (2, 'classic-docave-backup', 'classic docave backup'), (3, 'cloud-archiving', 'cloud archiving'),
    (4, 'cloud-backup-dynamics', 'cloud backup for dynamics 365'), (5, 'cloud-backup-iaas', 'cloud backup for iaas + paas'),
    (6, 'cloud-backup-m365', 'cloud backup for microsoft 365'), (7, 'cloud-governance', 'cloud governance'), (8, 'cloud-management', 'cloud management'),
    (9, 'enpower', 'enpower'), (10, 'fly', 'fly'), (11, 'opus', 'opus'), (12, 'policies', 'policies for microsoft 365'),
    (13, 'portal-manager', 'avepoint portal manager'), (14, 'common', 'avepoint online services common service'))
UPDATE profiles SET name_order = name_key, search_key = name_key || char(1, 1) || username_key || char(1, 1)
    || CASE description WHEN '' THEN '' ELSE lower(description) || char(1, 1) END
    || coalesce((SELECT group_concat(n.name || char(1, 1), '' ORDER BY n.no) FROM profile_services s JOIN names n ON n.id = s.service WHERE s.profile = profiles.row), '');

CREATE INDEX profiles_in_name_order ON profiles (name_order, place, search_key, code, status, expires_at);
CREATE INDEX profiles_of_tenant ON profiles (tenant_id, name_order, place, status, expires_at); -- what is counted by status, too

-- All runs of three letters of that, without the first letter of the name: names that begin with a term are found by their order.
CREATE VIRTUAL TABLE profile_search USING fts5 (keys, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
CREATE VIRTUAL TABLE profile_terms USING fts5vocab (profile_search, instance);

INSERT INTO profile_search (rowid, keys) SELECT row, substr(search_key, 2) || lower(code) || char(1, 1) FROM profiles ORDER BY row;

-- +goose StatementBegin
CREATE TRIGGER profiles_found_insert AFTER INSERT ON profiles BEGIN
    INSERT INTO profile_search (rowid, keys) VALUES (new.row, substr(new.search_key, 2) || lower(new.code) || char(1, 1));
END;
-- +goose StatementEnd

-- Profiles whose entry in the search index is older than they are. To renew one at each change would cost several times what the change
-- itself does: the index takes many in their order for what one costs. The search looks these few through meanwhile.
CREATE TABLE profile_search_due (row INTEGER PRIMARY KEY) STRICT;

-- +goose StatementBegin
CREATE TRIGGER profiles_found_delete AFTER DELETE ON profiles BEGIN
    DELETE FROM profile_search WHERE rowid = old.row;
    DELETE FROM profile_search_due WHERE row = old.row;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_found_update AFTER UPDATE OF search_key, code ON profiles
    WHEN old.search_key <> new.search_key OR old.code <> new.code BEGIN
    INSERT INTO profile_search_due (row) VALUES (new.row) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
