"""From a true condition to an annunciated alarm: raising, suppressing, shelving, chattering."""
