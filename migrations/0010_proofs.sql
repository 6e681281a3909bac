-- +goose Up

-- That Purser wrote whose session it is, what they may do and since when, and which domains the cloud checks
-- (docs/decisions/0015-what-is-kept.md). A migration has no key, so the first start after it proves the rows that are there.
ALTER TABLE sessions ADD COLUMN proof BLOB;
ALTER TABLE tenant_cloud_domains ADD COLUMN proof BLOB;
