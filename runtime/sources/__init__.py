"""Who drives: words that name a source, the source on stage, the cast that comes and goes while the show runs."""
