-- +goose Up

-- Who may enter beside what the identity provider says (R5–R9): everybody who has signed in or was given a role, and groups that were given
-- one. A person is known by issuer and subject, with Microsoft Entra ID also by tenant and object, and never by an address. Roles are
-- numbers, of which the larger one holds: 0 none, 1 Service Administrator, 2 Tenant Owner. proof binds all that gives or takes rights.
CREATE TABLE people (
    id            TEXT    PRIMARY KEY,
    kind          TEXT    NOT NULL, -- person, group
    name          TEXT    NOT NULL,
    name_order    TEXT    NOT NULL,
    sign_in       TEXT    NOT NULL, -- of a group, its address
    sign_in_key   TEXT    NOT NULL,
    mail_key      TEXT    NOT NULL, -- another address by which somebody who has not signed in may be waited for
    searched      TEXT    NOT NULL, -- name and sign-in, folded
    issuer        TEXT    NOT NULL, -- empty before the first sign-in
    subject       TEXT    NOT NULL,
    tenant_id     TEXT    NOT NULL, -- empty where it is not known
    object_id     TEXT    NOT NULL,
    claim         INTEGER NOT NULL, -- what the claim gave at the last sign-in
    given         INTEGER NOT NULL,
    given_at      INTEGER NOT NULL,
    given_by      TEXT    NOT NULL,
    grouped       INTEGER NOT NULL, -- what groups give, for the list; rights are read from the groups themselves
    grouped_by    TEXT    NOT NULL, -- the name of such a group
    role          INTEGER NOT NULL GENERATED ALWAYS AS (max(claim, given, grouped)) VIRTUAL,
    deactivated   INTEGER NOT NULL,
    primary_owner INTEGER NOT NULL,
    added_at      INTEGER NOT NULL,
    seen_at       INTEGER NOT NULL, -- the last sign-in; 0: none yet
    state         INTEGER NOT NULL GENERATED ALWAYS AS (CASE WHEN deactivated = 1 THEN 1 WHEN kind = 'person' AND seen_at = 0 THEN 2 ELSE 0 END) VIRTUAL,
    waits_for     TEXT    NOT NULL, -- whom an address names that was given a role and has not come; empty for nobody
    asked_at      INTEGER NOT NULL, -- when they asked for a role; 0: they do not wait for an answer
    answered_at   INTEGER NOT NULL,
    proof         BLOB
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX people_by_subject ON people (issuer, subject) WHERE subject <> '';
CREATE UNIQUE INDEX people_by_object ON people (tenant_id, object_id) WHERE object_id <> '';
-- There is one primary owner at most: of two that are made at once, one is refused here.
CREATE UNIQUE INDEX people_primary ON people (primary_owner) WHERE primary_owner = 1;
CREATE INDEX people_by_name ON people (name_order, id);
CREATE INDEX people_by_sign_in ON people (sign_in_key, id);
CREATE INDEX people_by_role ON people (role, id);
CREATE INDEX people_by_seen ON people (seen_at, id);
CREATE INDEX people_by_state ON people (state, id);
CREATE INDEX people_owners ON people (issuer, seen_at) WHERE role = 2;
CREATE INDEX people_given ON people (sign_in_key) WHERE given > 0;
CREATE INDEX people_given_mail ON people (mail_key) WHERE given > 0 AND mail_key <> '';
CREATE INDEX people_waiting ON people (waits_for) WHERE waits_for <> '';
CREATE INDEX people_asking ON people (asked_at, id) WHERE asked_at > 0;

-- In which of the groups with a role each person was when that was last read, at their sign-in.
CREATE TABLE people_groups (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    grp    TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    proof  BLOB NOT NULL,
    PRIMARY KEY (person, grp)
) STRICT, WITHOUT ROWID;

CREATE INDEX people_groups_of ON people_groups (grp, person);

-- What somebody is to read on every page until they put it away.
CREATE TABLE people_notices (
    person     TEXT    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    owner_from TEXT    NOT NULL, -- empty where there was none before
    owner_to   TEXT    NOT NULL,
    by_name    TEXT    NOT NULL,
    PRIMARY KEY (person, at)
) STRICT, WITHOUT ROWID;

-- Everybody whom the activity log knows to have signed in. Their next sign-in says what it says today.
INSERT INTO people (id, kind, name, name_order, sign_in, sign_in_key, mail_key, searched, issuer, subject, tenant_id, object_id, claim, given, given_at, given_by,
    grouped, grouped_by, deactivated, primary_owner, added_at, seen_at, waits_for, asked_at, answered_at)
SELECT lower(hex(randomblob(16))), 'person', name, lower(name), sign_in, lower(sign_in), '', lower(name) || char(1, 1) || lower(sign_in) || char(1, 1), issuer, subject, '', '',
    CASE json_extract(details, '$.role') WHEN 'Tenant Owner' THEN 2 WHEN 'Service Administrator' THEN 1 ELSE 0 END, 0, 0, '',
    0, '', 0, 0, first, at, '', 0, 0
FROM (SELECT issuer, subject, name, sign_in, details, at, min(at) OVER (PARTITION BY issuer, subject) AS first, row_number() OVER (PARTITION BY issuer, subject ORDER BY seq DESC) AS newest
    FROM activity WHERE action = 'sign-in' AND subject <> '' AND issuer <> 'break-glass')
WHERE newest = 1;
