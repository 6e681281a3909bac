-- +goose Up

-- What the kind of a run writes down for itself with an item: a check of pool passwords, which other places of the account get the
-- password.
ALTER TABLE run_items ADD COLUMN note TEXT NOT NULL DEFAULT '';
