"""MQTT in: from the broker's session to a durable append. May import `rules` and `store`."""
