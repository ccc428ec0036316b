"""The local stack: an AWS emulator, what completes it, and what deploys to it."""
