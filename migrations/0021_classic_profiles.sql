-- +goose Up

-- The SharePoint Online admin center of a profile, where it is not the one that the tenant's name gives it (R32).
ALTER TABLE profiles ADD COLUMN admin_center_url TEXT NOT NULL DEFAULT '';

-- Whether there are any is asked with each list of profiles.
CREATE INDEX profiles_classic ON profiles (row) WHERE kind = 'mfa';
