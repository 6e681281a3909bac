-- +goose Up

-- What Overview counts (R94), kept so that no page counts. Of profiles: how many each tenant has by status, beside the counters there are.
-- The value of one is the tenant, a space and the status.
INSERT INTO profile_counts SELECT 'tenant status', tenant_id || ' ' || status, count(*) FROM profiles GROUP BY tenant_id, status;

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_standing_insert AFTER INSERT ON profiles BEGIN
    INSERT INTO profile_counts VALUES ('tenant status', new.tenant_id || ' ' || new.status, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_standing_delete AFTER DELETE ON profiles BEGIN
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'tenant status' AND value = old.tenant_id || ' ' || old.status;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER profiles_counted_standing_update AFTER UPDATE OF tenant_id, status ON profiles WHEN old.tenant_id <> new.tenant_id OR old.status <> new.status BEGIN
    UPDATE profile_counts SET n = n - 1 WHERE kind = 'tenant status' AND value = old.tenant_id || ' ' || old.status;
    INSERT INTO profile_counts VALUES ('tenant status', new.tenant_id || ' ' || new.status, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- How many places a tenant has by what their last health check came to.
CREATE TABLE watch_tallies (
    tenant_id TEXT    NOT NULL,
    outcome   TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, outcome, reason)
) STRICT, WITHOUT ROWID;

INSERT INTO watch_tallies SELECT tenant_id, outcome, reason, count(*) FROM watch_places GROUP BY tenant_id, outcome, reason;

-- +goose StatementBegin
CREATE TRIGGER watch_places_tallied_insert AFTER INSERT ON watch_places BEGIN
    INSERT INTO watch_tallies VALUES (new.tenant_id, new.outcome, new.reason, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER watch_places_tallied_delete AFTER DELETE ON watch_places BEGIN
    UPDATE watch_tallies SET n = n - 1 WHERE tenant_id = old.tenant_id AND outcome = old.outcome AND reason = old.reason;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER watch_places_tallied_update AFTER UPDATE OF outcome, reason ON watch_places WHEN old.outcome <> new.outcome OR old.reason <> new.reason BEGIN
    UPDATE watch_tallies SET n = n - 1 WHERE tenant_id = old.tenant_id AND outcome = old.outcome AND reason = old.reason;
    INSERT INTO watch_tallies VALUES (new.tenant_id, new.outcome, new.reason, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- How many places the nights that began on a day found so, each place by its last check of its night. A day is one since 1970, by UTC. What a
-- night was stays when its places go.
CREATE TABLE watch_nights (
    day       INTEGER NOT NULL,
    tenant_id TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    outcome   TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (day, tenant_id, outcome)
) STRICT, WITHOUT ROWID;

CREATE INDEX watch_nights_of_tenant ON watch_nights (tenant_id, day);

INSERT INTO watch_nights SELECT night_at / 86400000, tenant_id, outcome, count(*) FROM watch_places WHERE night_at > 0 AND last_at >= night_at GROUP BY 1, 2, 3;

-- +goose StatementBegin
CREATE TRIGGER watch_places_of_a_night AFTER UPDATE OF last_at ON watch_places WHEN new.night_at > 0 AND new.last_at >= new.night_at BEGIN
    UPDATE watch_nights SET n = n - 1 WHERE day = old.night_at / 86400000 AND tenant_id = old.tenant_id AND outcome = old.outcome AND old.last_at >= old.night_at;
    INSERT INTO watch_nights VALUES (new.night_at / 86400000, new.tenant_id, new.outcome, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
