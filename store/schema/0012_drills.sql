-- Drills: the record of the latest event about each, and which households are enrolled in it.

CREATE TABLE drill (
    id          text PRIMARY KEY,
    estate_id   text NOT NULL,
    kind        text NOT NULL,                         -- tabletop | functional | full_scale | unannounced
    plan        text NOT NULL,
    state       text NOT NULL,                         -- planned | running | paused | ended | cancelled
    made_at     timestamptz NOT NULL,
    ended_at    timestamptz,
    is_void     boolean NOT NULL,
    incident_id text,
    households  text[] NOT NULL,
    record      json NOT NULL
);
CREATE INDEX drill_recent ON drill (made_at, id);
CREATE INDEX drill_incident ON drill (incident_id);
CREATE INDEX drill_held ON drill (estate_id, ended_at) WHERE state = 'ended';
