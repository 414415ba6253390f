"""How many there are, in words."""


def plural(number: int, one: str, many: str) -> str:
    """Say "1 entry" or "1,200 entries"."""
    return f"{number:,} {one if number == 1 else many}"


def left_out(number: int, one: str, many: str) -> str:
    """Say "1 entry is left out." or "2 entries are left out."."""
    return f"{plural(number, one, many)} {'is' if number == 1 else 'are'} left out."
