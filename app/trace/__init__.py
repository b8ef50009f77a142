"""What happened in a run, as data: the event schema, the recorder, the fold and the strace text."""
