-- Events are numbered by estate: no two engines wait for each other to give a number. Estates that
-- had events keep those numbers and go on counting behind the last; nothing is written anew but
-- the index, however long the history is.

-- A number of the one count that ran over all estates until now, brought to each estate's own: a
-- client that comes back with one resumes behind it.
CREATE TABLE event_shared_count (
    estate_id   text PRIMARY KEY,
    first_seq   bigint NOT NULL,                   -- of the estate's events that were kept
    last_seq    bigint NOT NULL
);

ALTER TABLE event DROP CONSTRAINT event_pkey, ADD PRIMARY KEY (estate_id, seq);

INSERT INTO event_shared_count
SELECT e.id, first.seq, last.seq
  FROM estate e
 CROSS JOIN LATERAL (SELECT seq FROM event WHERE estate_id = e.id ORDER BY seq LIMIT 1) first
 CROSS JOIN LATERAL (SELECT seq FROM event WHERE estate_id = e.id ORDER BY seq DESC LIMIT 1) last;

-- One row per estate, which its engine alone raises; it outlives the events that it numbered.
DROP TABLE event_head;
CREATE TABLE event_head (
    estate_id   text PRIMARY KEY,
    last_seq    bigint NOT NULL                    -- gapless, in commit order
);
INSERT INTO event_head SELECT estate_id, last_seq FROM event_shared_count;
