"""How fast the built functions start and answer, beside what others ship: `make bench`."""


class Unmeasurable(Exception):
    """Why a row has no figures, in a sentence."""
