-- +goose Up

-- Which session of the identity provider's a session belongs to, so that its end there ends it here (OpenID Connect Front-Channel Logout
-- 1.0). It is the SHA-256 of the ID token's sid; '' where the token had none.
ALTER TABLE sessions ADD COLUMN provider TEXT NOT NULL DEFAULT '';

CREATE INDEX sessions_by_provider ON sessions (provider) WHERE provider <> '';
