-- +goose Up

-- Who is signed in is listed, those who came last first, and found by person (R66). Sessions of nobody, of which there may be many, are in
-- neither.
CREATE INDEX sessions_signed_in ON sessions (created_at, key) WHERE subject <> '';
CREATE INDEX sessions_by_person ON sessions (subject, issuer) WHERE subject <> '';
