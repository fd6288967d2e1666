-- Several contacts of a household, sealed by the hub so that the database cannot read them, and
-- its consent to service messages by SMS.

CREATE TABLE household_contact (
    estate_id    text NOT NULL,
    household_id text NOT NULL,
    n            int  NOT NULL,                    -- within the household; never used again
    relation     text NOT NULL CHECK (relation IN ('resident', 'owner', 'carer')),
    language     text CHECK (language IN ('en', 'zh')),  -- null: the household's
    agreed_at    timestamptz,                      -- since when a carer agrees to being told
    name         bytea,
    phone        bytea,
    mail         bytea,
    chat         bytea,                            -- a chat robot, as service:token
    PRIMARY KEY (estate_id, household_id, n),
    FOREIGN KEY (estate_id, household_id) REFERENCES household ON DELETE CASCADE,
    CONSTRAINT household_contact_carer_agreed CHECK (relation <> 'carer' OR agreed_at IS NOT NULL)
);

-- What could be read until now waits here for a hub to seal it; then the table goes.
CREATE TABLE household_plain (
    estate_id    text NOT NULL,
    household_id text NOT NULL,
    name         text,
    phone        text,
    mail         text,
    chat         text,
    PRIMARY KEY (estate_id, household_id),
    FOREIGN KEY (estate_id, household_id) REFERENCES household ON DELETE CASCADE
);
INSERT INTO household_plain
SELECT estate_id, id, nullif(name, ''), phone, mail, chat FROM household
 WHERE name NOT IN ('Resident ' || id, 'Bay user ' || substring(id from '[^-]*$'))
    OR phone IS NOT NULL OR mail IS NOT NULL OR chat IS NOT NULL;

ALTER TABLE household
    DROP COLUMN name,
    DROP COLUMN phone,
    DROP COLUMN mail,
    DROP COLUMN chat,
    ADD COLUMN contacts_made int NOT NULL DEFAULT 0,
    ADD COLUMN sms_agreed_at timestamptz,          -- to service messages by SMS
    ADD COLUMN sms_agreed_how text CHECK (sms_agreed_how IN ('in_writing', 'by_phone', 'in_person')),
    ADD CONSTRAINT household_sms_agreed CHECK ((sms_agreed_at IS NULL) = (sms_agreed_how IS NULL));
CLUSTER household USING household_pkey;            -- else the file would keep the dropped columns

-- A channel that goes to one contact has a row for each: notice / channel / contact.
ALTER TABLE outbox ADD COLUMN contact int;
ALTER TABLE notice_attempt ADD COLUMN contact int;
UPDATE outbox SET contact = 1, key = key || '/1' WHERE channel IN ('sms', 'voice', 'chat', 'mail');
UPDATE notice_attempt SET contact = 1 WHERE channel IN ('sms', 'voice', 'chat', 'mail');
