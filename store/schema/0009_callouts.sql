-- The duty roster, as versions that the inbox names, and the calls of staff.

CREATE TABLE roster_version (
    estate_id   text NOT NULL REFERENCES estate ON DELETE CASCADE,
    version     int  NOT NULL,
    body        json NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  text NOT NULL,
    PRIMARY KEY (estate_id, version)
);

CREATE TABLE callout (
    id           text PRIMARY KEY,
    estate_id    text NOT NULL,
    incident_id  text NOT NULL,
    user_id      text NOT NULL,
    state        text NOT NULL,
    requested_at timestamptz NOT NULL,
    record       json NOT NULL
);
CREATE INDEX callout_recent ON callout (requested_at, id);
CREATE INDEX callout_incident ON callout (incident_id);
CREATE INDEX callout_open ON callout (estate_id, user_id)
    WHERE state IN ('requested', 'failed', 'delivered');
