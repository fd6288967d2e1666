-- The after-care of incidents: the record of the latest event about each review.

CREATE TABLE review (
    id            text PRIMARY KEY,
    estate_id     text NOT NULL,
    incident_id   text NOT NULL,
    state         text NOT NULL,                       -- open | done
    measures_open integer NOT NULL,
    opened_at     timestamptz NOT NULL,
    record        json NOT NULL
);
CREATE INDEX review_recent ON review (opened_at, id);
CREATE INDEX review_incident ON review (incident_id);
CREATE INDEX review_measures ON review (id) WHERE measures_open > 0;
