"""Why something was not done to the database. The text is for a person: what is the matter, and what to do."""


class NotDone(Exception):
    """What was there before is there still."""
