-- +goose Up

-- That Purser wrote whose session it is, what they may do, and since when (docs/decisions/0015-what-is-kept.md). A migration has no key, so
-- the first unlock after it proves the sessions that are there.
ALTER TABLE sessions ADD COLUMN proof BLOB;
