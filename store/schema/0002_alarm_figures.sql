-- Figures of alarm performance read an estate's alarm events of a period, by when they were told,
-- and what stood at its start: alarms not cleared before, with the last event of each.

CREATE INDEX event_alarm ON event (estate_id, recorded_at) WHERE kind LIKE 'alarm.%';
CREATE INDEX event_alarm_id ON event ((record->>'id'), seq) WHERE kind LIKE 'alarm.%';
CREATE INDEX alarm_cleared ON alarm (estate_id, ((record->>'cleared_at') COLLATE "C"));
