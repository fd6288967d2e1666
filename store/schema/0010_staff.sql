-- Members of staff: what they are called and how they are reached, sealed by the hub; their duties.

ALTER TABLE app_user
    ADD COLUMN duties text[] NOT NULL DEFAULT '{}',
    ADD COLUMN name bytea,
    ADD COLUMN phone bytea,
    ADD COLUMN mail bytea,
    ADD COLUMN chat bytea;                         -- a chat robot, as service:token

-- So that a session or token can be named without its hash.
ALTER TABLE credential ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY UNIQUE;

ALTER TABLE roster_version ADD COLUMN reason text NOT NULL DEFAULT '';
