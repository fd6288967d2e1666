-- Who has a ticket, whose report it is, and when its next clock runs out; files that are proof.

ALTER TABLE ticket ADD COLUMN assignee text;
ALTER TABLE ticket ADD COLUMN household_id text;      -- of the report, where one is known
ALTER TABLE ticket ADD COLUMN due_at timestamptz;     -- null while no clock runs
CREATE INDEX ticket_household ON ticket (estate_id, household_id, opened_at DESC)
    WHERE household_id IS NOT NULL;
CREATE INDEX ticket_due ON ticket (due_at) WHERE due_at IS NOT NULL;

-- Photos, signatures and reports, by the SHA-256 of what is stored. In the database, so that a
-- backup holds the proof together with the events that name it.
CREATE TABLE attachment (
    hash        text PRIMARY KEY,                      -- hexadecimal
    media_type  text NOT NULL,
    content     bytea NOT NULL,
    thumbnail   bytea,                                 -- WebP; null for a PDF
    uploaded_by text NOT NULL,
    touched_at  timestamptz NOT NULL                   -- uploaded, or named in a command
);
ALTER TABLE attachment ALTER COLUMN content SET STORAGE EXTERNAL;  -- compressed already
CREATE INDEX attachment_touched ON attachment (touched_at);

CREATE TABLE attachment_use (
    hash        text NOT NULL REFERENCES attachment ON DELETE CASCADE,
    ticket_id   text NOT NULL REFERENCES ticket ON DELETE CASCADE,
    PRIMARY KEY (hash, ticket_id)
);
CREATE INDEX attachment_use_ticket ON attachment_use (ticket_id);
