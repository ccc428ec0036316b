"""What operators are refused: told to them only, never through Cognito. A code, a sentence and what to do for each."""
