"""What a test device knows of itself, and how it speaks."""

from rules.catalogue import device_types
from rules.vocabulary.instant import SECOND

NOW = 1_795_000_000 * SECOND
NOW_S = NOW // SECOND
PRESSURE = device_types().by_id["pressure"].signals
SMOKE = device_types().by_id["smoke"].signals
