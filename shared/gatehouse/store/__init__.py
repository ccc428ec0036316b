"""How it is remembered: keys, records and conditions in DynamoDB, and profiles in the user pool."""
