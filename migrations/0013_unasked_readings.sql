-- +goose Up

-- Whether a page began the reading by itself: then no account is signed in with for it, after a restart neither.
ALTER TABLE pool_readings ADD COLUMN unasked INTEGER NOT NULL DEFAULT 0;
