-- +goose Up

-- Sign-ins by account and time, for the rules of what Purser does by itself: so many for an account and for a tenant in an
-- hour. The account is the tenant's id and the username in lower case. What is older than a day is removed as it goes.
CREATE TABLE attempts (
    account TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    id      INTEGER PRIMARY KEY
) STRICT;

CREATE INDEX attempts_of_account ON attempts (account, at);
CREATE INDEX attempts_by_time ON attempts (at);
