"""Why a database is not changed. The text is for a person: what is the matter, and what to do."""


class NotChanged(Exception):
    """Nothing was done, or no more than was said; doing it again is safe."""
