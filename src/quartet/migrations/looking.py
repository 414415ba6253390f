"""What every check of a database looks at."""

from dataclasses import dataclass

from quartet.migrations.chat_sdk import Table, Version
from quartet.migrations.online import Connection, Wanted
from quartet.migrations.statements import Thing

MEND = "`quartet db check --fix` {}."


@dataclass(frozen=True, slots=True)
class Look:
    """What every check looks at. `wants` is what the migrations that ran have made."""

    connection: Connection
    version: Version
    found: dict[str, Table]
    pending: list[str]
    wants: Wanted
    there: set[Thing]

    @property
    def is_adopted(self) -> bool:
        return bool(self.wants)

    def has(self, table: str, column: str) -> bool:
        return Thing("column", column, table) in self.there
