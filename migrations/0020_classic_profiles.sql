-- +goose Up

-- The SharePoint Online admin center of a profile, where it is not the one that the tenant's name gives it (R32).
ALTER TABLE profiles ADD COLUMN admin_center_url TEXT NOT NULL DEFAULT '';
