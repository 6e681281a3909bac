-- +goose Up

-- Federated domains of which an owner said that Microsoft's cloud checks their passwords (staged rollout).
CREATE TABLE tenant_cloud_domains (
    tenant_id TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    domain    TEXT    NOT NULL, -- in lower case
    said_at   INTEGER NOT NULL,
    said_by   TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, domain)
) STRICT, WITHOUT ROWID;
