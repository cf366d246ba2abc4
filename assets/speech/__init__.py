"""The speech model that ships: listener.safetensors, read by `drivers.speech.net`."""
