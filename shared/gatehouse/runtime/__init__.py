"""How the outside spells it: Cognito's events, the environment, logs and metrics; and what is plugged together."""
