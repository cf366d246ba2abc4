"""From the faces that sources say to the one that is shown: pure, one idea each, called by `runtime.loop`."""
