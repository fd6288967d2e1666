-- That somebody has seen a system alarm: few among the events, and asked for often.

CREATE INDEX event_seen ON event (estate_id, seq) WHERE kind = 'system.seen';
