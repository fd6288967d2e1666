-- The spine: estates, readings, the inbox, events and the current state that they add up to.
-- Runs on plain PostgreSQL >= 15; 0001_spine.timescale.sql adds what TimescaleDB does better.

-- Estates ------------------------------------------------------------------------------------

CREATE TABLE estate (
    id          text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    name        jsonb NOT NULL,
    timezone    text NOT NULL,
    created_at  timestamptz NOT NULL
);

-- The estate's graph as imported, without any personal data. An inbox entry names the version.
CREATE TABLE estate_version (
    estate_id   text NOT NULL REFERENCES estate ON DELETE CASCADE,
    version     int  NOT NULL,
    body        json NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  text NOT NULL,
    PRIMARY KEY (estate_id, version)
);

CREATE TABLE device (
    estate_id   text NOT NULL REFERENCES estate ON DELETE CASCADE,
    id          text NOT NULL CHECK (id ~ '^[a-z0-9][a-z0-9_.-]{0,63}$'),
    type        text NOT NULL,
    building    text,
    floor       int,
    unit        text,
    riser       text,
    zone        text,
    state       text NOT NULL DEFAULT 'unknown',   -- unknown | online | offline, by events
    body        jsonb NOT NULL,
    PRIMARY KEY (estate_id, id)
);

-- The one table of personal data. Everything else names a household by its id.
CREATE TABLE household (
    estate_id   text NOT NULL REFERENCES estate ON DELETE CASCADE,
    id          text NOT NULL,
    unit        text,
    name        text NOT NULL,
    phone       text,
    language    text NOT NULL DEFAULT 'zh' CHECK (language IN ('en', 'zh')),
    token_hash  bytea UNIQUE,                      -- SHA-256 of the resident page's token
    token_generation int NOT NULL DEFAULT 1,       -- raising it makes the old link worthless
    left_at     timestamptz,                       -- no longer in the estate's graph: to be erased
    PRIMARY KEY (estate_id, id)
);

-- Readings -----------------------------------------------------------------------------------

CREATE TABLE reading (
    estate_id   text NOT NULL,
    device_id   text NOT NULL,
    signal      text NOT NULL,
    ts          timestamptz NOT NULL,              -- event time, as the device gave it
    received_at timestamptz NOT NULL,
    value       double precision,                  -- numbers; flags as 0 and 1
    state       text,                              -- enumerated signals, e.g. panel_state
    quality     smallint NOT NULL DEFAULT 0,       -- 0 good, 1 the device's clock is off
    PRIMARY KEY (estate_id, device_id, signal, ts),
    CHECK ((value IS NULL) <> (state IS NULL))
);

CREATE TABLE dead_letter (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL,
    topic       text NOT NULL,
    payload     bytea NOT NULL,
    reason      text NOT NULL,                     -- short and countable: 'unknown device'
    detail      text NOT NULL,                     -- the field, the value, the remedy
    replayed_at timestamptz,
    key         bytea NOT NULL UNIQUE              -- a redelivered message is kept once
);
CREATE INDEX dead_letter_open ON dead_letter (id) WHERE replayed_at IS NULL;

-- The inbox ----------------------------------------------------------------------------------

-- One row per estate and lane (0 commands, 1 live readings, 2 backfill). Updating it is the
-- append lock: seq is gapless and in commit order.
CREATE TABLE inbox_head (
    estate_id   text NOT NULL REFERENCES estate ON DELETE CASCADE,
    lane        smallint NOT NULL CHECK (lane BETWEEN 0 AND 2),
    seq         bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (estate_id, lane)
);

CREATE TABLE inbox (
    estate_id   text NOT NULL,
    lane        smallint NOT NULL,
    seq         bigint NOT NULL,
    at          timestamptz NOT NULL,              -- when it was appended
    kind        text NOT NULL,                     -- readings | command | status | delivery | estate
    body        json NOT NULL,
    PRIMARY KEY (estate_id, lane, seq)
);

-- One row per engine transaction: the `now` it used and how far it had then read each lane.
CREATE TABLE batch (
    estate_id   text NOT NULL REFERENCES estate ON DELETE CASCADE,
    no          bigint NOT NULL,
    now         timestamptz NOT NULL,
    upto        bigint[] NOT NULL,                 -- by lane
    first_seq   bigint,                            -- of its events; null where there were none
    last_seq    bigint,
    PRIMARY KEY (estate_id, no)
);

CREATE TABLE snapshot (
    estate_id   text NOT NULL REFERENCES estate ON DELETE CASCADE,
    batch_no    bigint NOT NULL,
    state       bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (estate_id, batch_no)
);

-- Events -------------------------------------------------------------------------------------

CREATE TABLE event_head (one boolean PRIMARY KEY DEFAULT true CHECK (one), seq bigint NOT NULL);
INSERT INTO event_head (seq) VALUES (0);

CREATE TABLE event (
    seq         bigint PRIMARY KEY,                -- gapless, in commit order, over all estates
    estate_id   text NOT NULL,
    batch_no    bigint NOT NULL,
    kind        text NOT NULL,
    at          timestamptz NOT NULL,              -- event time
    recorded_at timestamptz NOT NULL,              -- the batch's now
    by          text NOT NULL,
    reason      text NOT NULL,
    incident_id text,                              -- whose timeline it belongs to
    lane        smallint,                          -- the inbox entry that caused it,
    inbox_seq   bigint,                            -- null for the clock
    record      json NOT NULL
);
CREATE INDEX event_incident ON event (incident_id, seq) WHERE incident_id IS NOT NULL;
CREATE INDEX event_cause ON event (estate_id, lane, inbox_seq) WHERE lane = 0;
CREATE INDEX event_batch ON event (estate_id, batch_no);

-- Current state: each row is the record of the latest event about it --------------------------

CREATE TABLE alarm (
    id          text PRIMARY KEY,
    estate_id   text NOT NULL,
    device_id   text NOT NULL,
    rule        text NOT NULL,
    priority    text NOT NULL,
    state       text NOT NULL,
    raised_at   timestamptz NOT NULL,
    incident_id text,
    record      json NOT NULL
);
CREATE INDEX alarm_active ON alarm (estate_id, priority, raised_at) WHERE state <> 'normal';
CREATE INDEX alarm_incident ON alarm (incident_id);
CREATE INDEX alarm_recent ON alarm (raised_at, id);

CREATE TABLE incident (
    id          text PRIMARY KEY,
    estate_id   text NOT NULL,
    kind        text NOT NULL,
    level       text NOT NULL,
    state       text NOT NULL,
    opened_at   timestamptz NOT NULL,
    record      json NOT NULL
);
CREATE INDEX incident_recent ON incident (opened_at, id);
CREATE INDEX incident_open ON incident (estate_id) WHERE state = 'open';

CREATE TABLE ticket (
    id          text PRIMARY KEY,
    estate_id   text NOT NULL,
    incident_id text NOT NULL,
    class       text NOT NULL,
    state       text NOT NULL,
    opened_at   timestamptz NOT NULL,
    record      json NOT NULL
);
CREATE INDEX ticket_recent ON ticket (opened_at, id);
CREATE INDEX ticket_incident ON ticket (incident_id);

CREATE TABLE notice (
    id           text PRIMARY KEY,
    estate_id    text NOT NULL,
    incident_id  text NOT NULL,
    household_id text NOT NULL,
    template     text NOT NULL,
    version      int  NOT NULL,
    state        text NOT NULL,
    requested_at timestamptz NOT NULL,
    record       json NOT NULL,
    UNIQUE (estate_id, incident_id, template, version, household_id)
);
CREATE INDEX notice_household ON notice (estate_id, household_id, requested_at DESC);
CREATE INDEX notice_incident ON notice (incident_id);

-- What must leave the house: one row per notice and channel, written with the notice's event.
CREATE TABLE outbox (
    key          text PRIMARY KEY,                 -- notice id / channel: the idempotency key
    estate_id    text NOT NULL,
    notice_id    text NOT NULL,
    household_id text NOT NULL,
    channel      text NOT NULL,
    urgency      text NOT NULL,
    wave         int  NOT NULL,
    created_at   timestamptz NOT NULL,
    attempts     int  NOT NULL DEFAULT 0,
    next_at      timestamptz NOT NULL,             -- not before
    sent_at      timestamptz,
    failed_at    timestamptz,                      -- given up
    evidence     text NOT NULL DEFAULT ''          -- the channel's answer, never personal data
);
CREATE INDEX outbox_due ON outbox (urgency, wave, next_at, key)
    WHERE sent_at IS NULL AND failed_at IS NULL;

-- Commands of people --------------------------------------------------------------------------

CREATE TABLE command (
    user_id      text NOT NULL,
    key          text NOT NULL,                    -- the client's idempotency key, unique per user
    estate_id    text NOT NULL,
    seq          bigint NOT NULL,                  -- in lane 0
    fingerprint  bytea NOT NULL,                   -- the same key with another body is refused
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX command_age ON command (created_at);

-- People and what they may do -------------------------------------------------------------------

CREATE TABLE app_user (
    id            text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    role          text NOT NULL CHECK (role IN ('operator', 'engineer', 'manager', 'admin')),
    password_hash text,                            -- argon2id; null: one-time links only
    language      text NOT NULL DEFAULT 'zh' CHECK (language IN ('en', 'zh')),
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL
);

-- Sessions, one-time links and API tokens: only the hash of each secret is kept.
CREATE TABLE credential (
    hash        bytea PRIMARY KEY,                 -- SHA-256
    kind        text NOT NULL CHECK (kind IN ('session', 'link', 'token')),
    user_id     text NOT NULL REFERENCES app_user ON DELETE CASCADE,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    used_at     timestamptz
);

-- Append-only; each row holds the hash of the one before it.
CREATE TABLE audit (
    id          bigint PRIMARY KEY,
    at          timestamptz NOT NULL,
    user_id     text NOT NULL,
    role        text NOT NULL,
    action      text NOT NULL,
    target      text NOT NULL,
    detail      json NOT NULL,
    chain       bytea NOT NULL
);

-- One browser may serve several households: a flat and a parking bay of the same person.
CREATE TABLE push_subscription (
    estate_id    text NOT NULL,
    household_id text NOT NULL,
    endpoint     text NOT NULL,
    p256dh       text NOT NULL,
    auth         text NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (estate_id, household_id, endpoint),
    FOREIGN KEY (estate_id, household_id) REFERENCES household ON DELETE CASCADE
);

-- Runs of the calendar's jobs: what ran, when, and with what result.
CREATE TABLE calendar_run (
    job         text NOT NULL,
    due_at      timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL,
    result      text NOT NULL,
    PRIMARY KEY (job, due_at)
);
