-- Callouts leave the house by the outbox too: a row for each message to a member of staff, the
-- browsers that they are told on, and the evidence of every attempt.

ALTER TABLE outbox
    ALTER COLUMN notice_id DROP NOT NULL,
    ALTER COLUMN household_id DROP NOT NULL,
    ADD COLUMN user_id text,
    ADD COLUMN callouts text[],                    -- one, or many gathered, oldest first
    ADD COLUMN gathers boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT outbox_to_one CHECK (
        num_nonnulls(notice_id, callouts) = 1 AND num_nonnulls(household_id, user_id) = 1);
CREATE INDEX outbox_user ON outbox (user_id, created_at) WHERE user_id IS NOT NULL;

CREATE TABLE user_push_subscription (
    user_id      text NOT NULL REFERENCES app_user ON DELETE CASCADE,
    endpoint     text NOT NULL,
    p256dh       text NOT NULL,
    auth         text NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (user_id, endpoint)
);

-- Append-only, as notice_attempt; a message that gathers has a row for each of its callouts.
CREATE TABLE callout_attempt (
    key         text NOT NULL,
    attempt     int  NOT NULL,
    state       text NOT NULL CHECK (state IN ('sent', 'skipped', 'retried', 'failed', 'delivered', 'answered')),
    callout_id  text NOT NULL REFERENCES callout ON DELETE CASCADE,
    channel     text NOT NULL,
    at          timestamptz NOT NULL,
    provider_id text,
    evidence    text NOT NULL DEFAULT '',          -- never personal data
    PRIMARY KEY (key, attempt, state, callout_id)
);
CREATE INDEX callout_attempt_callout ON callout_attempt (callout_id, at);
