"""Use cases, in order: load, decide, write, record. Collaborators are arguments."""
