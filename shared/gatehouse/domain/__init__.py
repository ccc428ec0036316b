"""Values and rules, with pencil and paper: no clock, no randomness, no AWS, no environment, no logging."""
