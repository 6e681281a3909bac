-- +goose Up

-- Secret addresses at which calendar programs read what ends (R91). token is the SHA-256 of the secret; proof binds all that gives rights.
CREATE TABLE feeds (
    id       TEXT    PRIMARY KEY,
    token    TEXT    NOT NULL UNIQUE,
    issuer   TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    accounts INTEGER NOT NULL, -- 1: it shows usernames
    made_at  INTEGER NOT NULL,
    proof    BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX feeds_of_person ON feeds (issuer, subject, made_at);
