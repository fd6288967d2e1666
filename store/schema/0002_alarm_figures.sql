-- Figures of alarm performance read an estate's alarm events of a period, by when they were told,
-- and the last event of an alarm before it.

CREATE INDEX event_alarm ON event (estate_id, recorded_at) WHERE kind LIKE 'alarm.%';
CREATE INDEX event_alarm_id ON event ((record->>'id'), seq) WHERE kind LIKE 'alarm.%';
