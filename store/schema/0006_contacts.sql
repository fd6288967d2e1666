-- How a household can be reached, and the evidence of every attempt to reach it.

ALTER TABLE household
    ADD COLUMN mail text,
    ADD COLUMN chat text,                          -- its chat robot, as service:token
    ADD COLUMN refused text[] NOT NULL DEFAULT '{}',  -- channels it does not want for N3 and N4
    ADD COLUMN needs text[] NOT NULL DEFAULT '{}', -- why it needs help first: health data
    ADD COLUMN needs_agreed_at timestamptz;        -- its own, separate consent to keeping them
ALTER TABLE household ADD CONSTRAINT household_needs_agreed
    CHECK (needs = '{}' OR needs_agreed_at IS NOT NULL);

ALTER TABLE outbox ADD COLUMN unless_reached boolean NOT NULL DEFAULT false;
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (channel, urgency, wave, next_at, key)
    WHERE sent_at IS NULL AND failed_at IS NULL;

-- Append-only; `key` and `attempt` are the outbox row's, and one attempt may be told of twice:
-- a call is sent, and later answered.
CREATE TABLE notice_attempt (
    key         text NOT NULL,
    attempt     int  NOT NULL,
    state       text NOT NULL CHECK (state IN ('sent', 'skipped', 'retried', 'failed', 'delivered', 'answered')),
    notice_id   text NOT NULL REFERENCES notice ON DELETE CASCADE,
    channel     text NOT NULL,
    at          timestamptz NOT NULL,
    provider_id text,
    evidence    text NOT NULL DEFAULT '',          -- never personal data
    PRIMARY KEY (key, attempt, state)
);
CREATE INDEX notice_attempt_notice ON notice_attempt (notice_id, at);
