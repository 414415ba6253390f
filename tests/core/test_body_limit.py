from collections.abc import AsyncIterator

from people import Person


async def chunks() -> AsyncIterator[bytes]:
    yield b'{"type": "role", "name": "x", "content": "'
    for _ in range(20):
        yield b"y" * 100_000
    yield b'"}'


async def test_a_body_over_the_limit_is_a_problem_like_any_other(bob: Person):
    declared = await bob.post("/api/components", {"type": "role", "name": "x", "content": "y" * 10_000_000})
    counted = await bob.http.post("/api/components", content=chunks(), headers={"content-type": "application/json"})
    for answer in (declared, counted):
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.json()["code"] == "too_large:api"
