"""Made-up users, components, presets and chats: the same number always gives the same thing, so nothing need be kept.

The words are those of Python's own manual, as frequent as they are there, and invented names, as rare as names are:
a trigram index sees what it would see of real texts.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from pydoc_data.topics import topics
from random import Random
from struct import unpack
from uuid import UUID

from quartet.prompts.compose import TYPES, ComponentType

COMPONENTS, PRESETS, CHATS, MESSAGES_OF_CHAT = 50, 20, 100, 10
TAGS = [f"{kind} {n}" for kind in ("work", "client", "draft", "language") for n in range(10)]
_NOW = datetime(2026, 11, 1)  # noqa: DTZ001 - the database's moments are naive UTC
_MESSAGE, _MESSAGES = 1000, 1 << 12  # bytes of one with all its columns; different ones
_SENTENCES, _NAMES, _SYLLABLES = 1 << 15, 1 << 14, "ka lo mi ren tas vu bel dor fi gan hes jo pra quin sor wex yl zan"


@dataclass(frozen=True, slots=True)
class Part:
    """A component of somebody's, as the product would keep it."""

    id: UUID
    type: ComponentType
    name: str
    content: str
    description: str | None
    tags: list[str]
    usage: int
    made: datetime
    changed: datetime


def user(person: int) -> UUID:
    return UUID(bytes=_drawn("user", person)[:16])


def component_id(person: int, n: int) -> UUID:
    return UUID(bytes=_drawn("component", person, n)[:16])


def preset_id(person: int, n: int) -> UUID:
    return UUID(bytes=_drawn("preset", person, n)[:16])


def chat_id(person: int, n: int) -> UUID:
    return UUID(bytes=_drawn("chat", person, n)[:16])


def message_id(person: int, n: int) -> UUID:
    return UUID(bytes=_drawn("message", person, n)[:16])


def moment(person: int, n: int, of: int) -> datetime:
    """Say when the `n`th of so many chats or messages was: over a year, each person's at other hours."""
    return _NOW - timedelta(minutes=(of - n) * (525_600 / of) + person % 1440)


@lru_cache
def parts() -> list[str]:
    """What messages say, as JSON: a kilobyte with the other columns."""
    pick, (_, sentences, _) = Random("messages"), _library()
    said = (" ".join(pick.choices(sentences, k=30))[: _MESSAGE - 140] for _ in range(_MESSAGES))
    return [json.dumps([{"type": "text", "text": text}]) for text in said]


def component(person: int, n: int) -> Part:
    """Make the `n`th component of a person: about 700 characters of content."""
    words, sentences, names = _library()
    drawn = _drawn("component", person, n)
    a = unpack("<24H", drawn[16:])
    named = names[a[0] % _NAMES]
    text = [sentences[pick % _SENTENCES] for pick in a[4 : 12 + a[1] % 4]]
    made = _NOW - timedelta(minutes=a[2] * 8)
    return Part(
        id=UUID(bytes=drawn[:16]),
        type=TYPES[n % len(TYPES)],
        name=f"{words[a[3] % len(words)]} {words[a[16] % len(words)]} {named}".capitalize(),
        content=f"{' '.join(text)} Ask {names[a[17] % _NAMES]} about it.",
        description=sentences[a[18] % _SENTENCES] if a[18] & 1 else None,
        tags=sorted({TAGS[pick % len(TAGS)] for pick in a[19 : 19 + a[19] % 4]}),
        usage=a[23] * a[22] >> 22,
        made=made,
        changed=made + (_NOW - made) * (a[21] / 65536),
    )


def slots(n: int, components: int) -> list[int]:
    """Say which of a person's components stand in their `n`th preset, in composing order."""
    return [(n * 7 * len(TYPES) + place) % (components // len(TYPES) * len(TYPES)) for place in range(len(TYPES))]


def absent(pick: Random) -> str:
    """Two common words written as one: nobody has it, yet most of its trigrams are everywhere."""
    words, _, _ = _library()
    return "q".join(pick.sample(words[:500], 2))


def _drawn(*which: object) -> bytes:
    return blake2b(repr(which).encode(), digest_size=64).digest()


@lru_cache
def _library() -> tuple[list[str], list[str], list[str]]:
    """Words (the frequent first), sentences and names."""
    pick = Random("library")
    counted = Counter(re.findall(r"\b[a-z]{2,}\b", " ".join(topics.values()))).most_common()
    words = [word for word, _ in counted]
    sentences = list(_written(pick, words, list(accumulate(count for _, count in counted))))
    syllables = _SYLLABLES.split()
    names = ["".join(pick.choices(syllables, k=pick.randint(2, 4))).capitalize() for _ in range(_NAMES)]
    return words, sentences, names


def _written(pick: Random, words: list[str], frequencies: list[int]) -> Iterator[str]:
    for _ in range(_SENTENCES):
        yield f"{' '.join(pick.choices(words, cum_weights=frequencies, k=pick.randint(8, 18)))}.".capitalize()
