-- +goose Up

-- Refused sign-ins that a tenant's own log did not have yet, and that are looked up again later (R90).
CREATE TABLE sign_in_questions (
    tenant_id   TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    correlation TEXT    NOT NULL,
    account     TEXT    NOT NULL,
    rule        TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    tries       INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, correlation)
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_questions_due ON sign_in_questions (due_at);
