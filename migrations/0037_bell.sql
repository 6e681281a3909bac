-- +goose Up

-- Up to which event each person has seen what happened (R92).
CREATE TABLE events_seen (
    issuer  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    no      INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
