"""What a streamer has chosen: values with their limits, read patiently, kept in TOML, bound to keys."""
