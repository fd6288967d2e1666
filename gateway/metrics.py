"""What a gateway counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter("gatehouse_gateway_messages", "Messages committed and acknowledged")
READINGS = Counter("gatehouse_gateway_readings", "Readings stored for the first time", ["lane"])
REPEATED = Counter("gatehouse_gateway_repeated_readings", "Readings that were stored already")
DEAD_LETTERS = Counter("gatehouse_gateway_dead_letters", "Messages refused", ["reason"])
IN_HAND = Gauge("gatehouse_gateway_in_hand", "Messages taken from the broker, not yet committed")
WINDOW = Gauge("gatehouse_gateway_window", "Most messages that may be in hand")
LAG_S = Gauge("gatehouse_gateway_lag_seconds", "Age of the oldest message of the last commit")
COMMIT_S = Histogram(
    "gatehouse_gateway_commit_seconds",
    "Time to read and commit a batch",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
)
BATCH_MESSAGES = Histogram(
    "gatehouse_gateway_batch_messages", "Messages in a batch", buckets=(1, 10, 30, 100, 300, 1000)
)
BROKER_UP = Gauge("gatehouse_gateway_broker_up", "1 while subscribed at the broker")
DATABASE_UP = Gauge("gatehouse_gateway_database_up", "1 while the database answers")
