"""Simulated devices, the sample estate, scenarios and load: the estate without the building.

It speaks to the system only as a device would, over MQTT; of ours it imports `rules` for the
estate's form and the catalogue of device types. `python -m simulators --help` names the verbs.
"""
