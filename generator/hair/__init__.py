"""The hair lifted off the head, the strands that it swings by, and the head as it may look beneath."""
