-- Suppressions that people set, and alarm floods: the record of the latest event about each.

CREATE TABLE suppression (
    id          text PRIMARY KEY,
    estate_id   text NOT NULL,
    kind        text NOT NULL,                     -- shelved | out_of_service
    since_at    timestamptz NOT NULL,
    ended_at    timestamptz,                       -- null while it is in force
    record      json NOT NULL
);
CREATE INDEX suppression_recent ON suppression (since_at, id);
CREATE INDEX suppression_in_force ON suppression (estate_id) WHERE ended_at IS NULL;

CREATE TABLE alarm_flood (
    id          text PRIMARY KEY,
    estate_id   text NOT NULL,
    began_at    timestamptz NOT NULL,
    ended_at    timestamptz,                       -- null while it runs
    record      json NOT NULL
);
CREATE INDEX alarm_flood_running ON alarm_flood (estate_id) WHERE ended_at IS NULL;
