-- +goose Up

-- The list of people is searched in names and sign-ins like that of profiles: by an index of runs of three letters. Each row of people has a
-- number there, because the index knows numbers only.
CREATE TABLE people_rows (
    row    INTEGER PRIMARY KEY,
    person TEXT    NOT NULL REFERENCES people (id) ON DELETE CASCADE
) STRICT;

CREATE UNIQUE INDEX people_rows_of ON people_rows (person);

CREATE VIRTUAL TABLE people_search USING fts5 (keys, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
CREATE VIRTUAL TABLE people_terms USING fts5vocab (people_search, instance);

INSERT INTO people_rows (person) SELECT id FROM people ORDER BY id;
INSERT INTO people_search (rowid, keys) SELECT r.row, p.searched FROM people_rows r JOIN people p ON p.id = r.person ORDER BY r.row;

-- +goose StatementBegin
CREATE TRIGGER people_found_insert AFTER INSERT ON people BEGIN
    INSERT INTO people_rows (person) VALUES (new.id);
    INSERT INTO people_search (rowid, keys) SELECT row, new.searched FROM people_rows WHERE person = new.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER people_found_update AFTER UPDATE OF searched ON people WHEN old.searched <> new.searched BEGIN
    DELETE FROM people_search WHERE rowid = (SELECT row FROM people_rows WHERE person = new.id);
    INSERT INTO people_search (rowid, keys) SELECT row, new.searched FROM people_rows WHERE person = new.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER people_found_delete BEFORE DELETE ON people BEGIN
    DELETE FROM people_search WHERE rowid = (SELECT row FROM people_rows WHERE person = old.id);
    DELETE FROM people_rows WHERE person = old.id;
END;
-- +goose StatementEnd
