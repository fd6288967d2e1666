-- How people are reached, by kind of address, each sealed by the hub and kept in hexadecimal: a
-- channel that reaches people in a way of its own needs no column.
ALTER TABLE household_contact ADD COLUMN addresses jsonb NOT NULL DEFAULT '{}';
UPDATE household_contact SET addresses = jsonb_strip_nulls(jsonb_build_object(
    'phone', encode(phone, 'hex'), 'mail', encode(mail, 'hex'), 'chat', encode(chat, 'hex')));
ALTER TABLE household_contact DROP COLUMN phone, DROP COLUMN mail, DROP COLUMN chat;

ALTER TABLE app_user ADD COLUMN addresses jsonb NOT NULL DEFAULT '{}';
UPDATE app_user SET addresses = jsonb_strip_nulls(jsonb_build_object(
    'phone', encode(phone, 'hex'), 'mail', encode(mail, 'hex'), 'chat', encode(chat, 'hex')));
ALTER TABLE app_user DROP COLUMN phone, DROP COLUMN mail, DROP COLUMN chat;
