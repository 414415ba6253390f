"""What goes wrong between the seller and us, each with its chance from 0 to 1."""

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """`delay`: up to so many seconds before a first attempt. `reorder`: nobody waits for an earlier event.

    `forge` and `stale` spoil one attempt, which is then refused and tried again: a wrong signature, a timestamp of ten
    minutes ago.
    """

    drop: float = 0.0
    duplicate: float = 0.0
    forge: float = 0.0
    stale: float = 0.0
    delay: float = 0.0
    reorder: bool = False
    chance: random.Random = field(default_factory=random.Random, repr=False)

    def happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def wait(self) -> float:
        return self.chance.uniform(0, self.delay)
