"""The view of each trigger's event: what it brings to a decision, and how the decision is written into it."""
