-- Without TimescaleDB the calendar fills the daily roll-up itself.

CREATE TABLE reading_daily (
    estate_id   text NOT NULL,
    device_id   text NOT NULL,
    signal      text NOT NULL,
    day         timestamptz NOT NULL,              -- UTC midnight
    readings    bigint NOT NULL,
    minimum     double precision,
    mean        double precision,
    maximum     double precision,
    PRIMARY KEY (estate_id, device_id, signal, day)
);
CREATE INDEX reading_age ON reading USING brin (ts);
