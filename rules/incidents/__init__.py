"""One real-world event: grouping, level, cause, course, closing, merging, by hand."""
