-- Handovers of the desk, signed by both.

CREATE TABLE handover (
    id          text PRIMARY KEY,
    estate_id   text NOT NULL,
    state       text NOT NULL,
    proposed_at timestamptz NOT NULL,
    record      json NOT NULL
);
CREATE INDEX handover_recent ON handover (proposed_at, id);
