-- TimescaleDB: readings as a hypertable with columnstore, retention and a continuous aggregate.

SELECT create_hypertable('reading', by_range('ts', INTERVAL '1 day'));

ALTER TABLE reading SET (
    timescaledb.compress,
    timescaledb.compress_segmentby = 'estate_id, device_id, signal',
    timescaledb.compress_orderby = 'ts DESC'
);
SELECT add_compression_policy('reading', INTERVAL '7 days');
SELECT add_retention_policy('reading', INTERVAL '400 days');

CREATE MATERIALIZED VIEW reading_daily WITH (timescaledb.continuous) AS
SELECT estate_id, device_id, signal,
       time_bucket(INTERVAL '1 day', ts) AS day,
       count(*) AS readings, min(value) AS minimum, avg(value) AS mean, max(value) AS maximum
  FROM reading
 GROUP BY estate_id, device_id, signal, time_bucket(INTERVAL '1 day', ts)
  WITH NO DATA;
SELECT add_continuous_aggregate_policy('reading_daily',
    start_offset => INTERVAL '3 days', end_offset => INTERVAL '1 hour',
    schedule_interval => INTERVAL '1 hour');
