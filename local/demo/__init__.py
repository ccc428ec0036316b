"""The whole journey through the front door, on a local stack of its own, by the real AWS SDK and the real CLI."""
