"""What was kept of an answer."""

from people import Person, until


async def answer_of(person: Person, chat: str) -> dict | None:
    said = (await person.get("/api/messages", chatId=chat)).json()["messages"]
    return said[1] if len(said) > 1 else None


def part(message: dict, type_: str) -> dict:
    return next(each for each in message["parts"] if each["type"] == type_)


async def until_kept(person: Person, chat: str, seconds: float = 20) -> dict:
    return await until(lambda: answer_of(person, chat), seconds)
