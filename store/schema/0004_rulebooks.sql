-- Rules, plans and messages by version: who changed what, why and when.

-- The whole of it, as the engine was given it. An inbox entry names the version.
CREATE TABLE rulebook (
    estate_id   text NOT NULL REFERENCES estate ON DELETE CASCADE,
    version     int  NOT NULL,
    body        json NOT NULL,
    shipped     text NOT NULL,                     -- SHA-256 of the catalogue that it is made from
    edited      text[] NOT NULL,                   -- parts that are not as shipped: 'rule/leak'
    created_at  timestamptz NOT NULL,
    created_by  text NOT NULL,
    reason      text NOT NULL,
    PRIMARY KEY (estate_id, version)
);

-- Each part's own versions, counted on the estate; a number is never used again.
CREATE TABLE rulebook_part (
    estate_id   text NOT NULL,
    part        text NOT NULL,                     -- 'rule/leak', 'plan/PIPE', 'message/LEAK'
    version     int  NOT NULL,
    rulebook    int  NOT NULL,                     -- the version of the whole that brought it
    words       text,                              -- as its author wrote it, YAML; null: taken out
    PRIMARY KEY (estate_id, part, version),
    FOREIGN KEY (estate_id, rulebook) REFERENCES rulebook ON DELETE CASCADE
);

-- Which rules failed, and on which devices.
CREATE INDEX event_system ON event (estate_id, at) WHERE kind = 'system.alarm';
