"""What sources say on the wire: pure functions from bytes or messages to faces. No socket, no clock, no thread."""
