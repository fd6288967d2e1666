-- By how many microseconds a batch's time was ahead of the clock (a clock had been wrong or set back).

ALTER TABLE batch ADD COLUMN ahead bigint NOT NULL DEFAULT 0;
