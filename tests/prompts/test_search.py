import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people import Person
from quartet.core.database import Database, reader
from quartet.prompts import search
from quartet.prompts.models import ComponentQuery


async def names(person: Person, **query: Any) -> list[str]:
    answer = await person.get("/api/components", **query)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_names_that_start_with_it_then_names_that_have_it_then_texts(ada: Person):
    await ada.component(name="Zebra", content="knows a tutor")
    await ada.component(name="Yak", content="x", description="like a TUTOR")
    await ada.component(name="My tutor", content="x")
    await ada.component(name="Tutor of many", content="tutor")
    await ada.component(name="Nothing", content="x")
    assert await names(ada, q="tutor", sort="name") == ["Tutor of many", "My tutor", "Yak", "Zebra"]


@pytest.mark.parametrize(
    ("name", "q"),
    [
        ("Crème brûlée", "creme BRULEE"),
        ("Straße", "strasse"),
        ("Привет", "ПРИВЕТ"),
        ("Cafe\u0301", "café"),
        ("日本の料理", "日本"),
        ("100% sure", "100%"),
        ("snake_case", "e_c"),
        ("back\\slash", "k\\s"),
    ],
)
async def test_case_and_accents_do_not_matter_and_every_sign_is_meant(bob: Person, name: str, q: str):
    await bob.component(name=name)
    await bob.component(name="Another one", content="1000 esc backlash")
    assert await names(bob, q=q) == [name]


async def test_a_wide_percent_sign_is_no_wildcard(bob: Person):
    await bob.component(name="Plain")
    assert await names(bob, q="\uff05") == []


@pytest.mark.parametrize("sort", ["usage", "recent", "name"])
async def test_pages_run_through_all_tiers_once(ada: Person, sort: str):
    for n in range(4):
        await ada.component(name=f"Tutor {n}")
        await ada.component(name=f"A tutor {n}")
        await ada.component(name=f"Other {n}", content="tutor")
    whole = await names(ada, q="tutor", sort=sort)
    assert len(whole) == 12
    paged, cursor = [], {}
    while True:
        page = (await ada.get("/api/components", q="tutor", sort=sort, limit=3, **cursor)).json()
        paged += [item["name"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert paged == whole


@pytest.mark.parametrize("used", [9, 0], ids=["behind the first of the order", "among them"])
async def test_who_keeps_very_many_finds_the_same_in_the_same_order(database: Database, ada: Person, used: int):
    """There are three ways to search, and one way to see it."""
    for n in range(3):
        await ada.component(name=f"Tutor {n}", tags=["t"])
        await ada.component("style", name=f"A tutor {n}", tags=["t"])
        await ada.component("style", name=f"Other {n}", content="tutor")
    asks = [ComponentQuery(q="tutor", sort=sort, limit=4) for sort in ("usage", "recent", "name")]
    asks += [ComponentQuery(q="TUTOR", type="style", limit=2), ComponentQuery(q="tutor", tag="t", limit=4)]

    async def pages(asked: ComponentQuery) -> list[dict[str, Any]]:
        async with database.transaction(UUID(ada.id)) as tx:
            page = await search.find_words(reader(tx, UUID(ada.id)), asked)
        rest = page["nextCursor"] and await pages(asked.model_copy(update={"cursor": page["nextCursor"]}))
        return [page, *(rest or [])]

    few = [await pages(asked) for asked in asks]
    async with database.system() as tx:
        # As many as are looked at before the index is asked.
        await tx.execute(
            """INSERT INTO "Component" ("userId", "type", "name", "content", "usageCount", "updatedAt")
               SELECT %s, 'mode', 'Filling ' || n, 'Nothing of the kind', %s, now() + %s * interval '1 day'
               FROM generate_series(1, 1001) n""",
            [ada.id, used, used],
        )
    assert [await pages(asked) for asked in asks] == few
    assert [len(each) for each in few] == [3, 3, 3, 3, 2]


async def test_words_that_most_components_have_are_found_page_by_page(database: Database, ada: Person):
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Component" ("userId", "type", "name", "content", "usageCount")
               SELECT %s, 'mode', CASE n %% 3 WHEN 0 THEN 'Tutor ' WHEN 1 THEN 'A tutor ' ELSE 'Other ' END || n,
                 'A tutor', n %% 7 FROM generate_series(1, 1300) n""",
            [ada.id],
        )
    found, cursor = [], {}
    while cursor is not None:
        page = (await ada.get("/api/components", q="tutor", limit=100, **cursor)).json()
        found += page["items"]
        cursor = page["nextCursor"] and {"cursor": page["nextCursor"]}
    tiers = {"Tutor": 0, "A": 1, "Other": 2}

    def place(item: dict) -> tuple[int, int, str]:
        return tiers[item["name"].split()[0]], -item["usageCount"], item["id"]

    assert len({item["id"] for item in found}) == len(found) == 1300
    assert [place(item)[:2] for item in found] == sorted(place(item)[:2] for item in found)


async def test_everything_is_in_the_index_of_words_or_nothing(database_url: str, database: Database, ada: Person):
    """Also what was there before there were many, what comes later, and what two add at once."""

    async def add(number: int) -> None:
        async with database.system() as tx:
            await tx.execute(
                """INSERT INTO "Component" ("userId", "type", "name", "content")
                   SELECT %s, 'mode', 'Part ' || n, 'Text' FROM generate_series(1, %s) n""",
                [ada.id, number],
            )

    def indexed() -> list[tuple[bool, int]]:
        with psycopg.connect(database_url) as owner:
            return owner.execute(
                """SELECT "isIndexed", count(*) FROM "ComponentSearch" WHERE "userId" = %s GROUP BY 1""", [ada.id]
            ).fetchall()

    await add(990)
    assert indexed() == [(False, 990)]
    await asyncio.gather(*(add(2) for _ in range(10)))
    assert indexed() == [(True, 1010)]
    await ada.component(name="Last")
    assert indexed() == [(True, 1011)]
    assert await names(ada, q="last") == ["Last"]


async def test_by_tag_and_type(ada: Person):
    await ada.component("role", name="One", tags=["work", "school"])
    await ada.component("style", name="Two", tags=["work"])
    await ada.component("style", name="Three")
    assert await names(ada, tag="work", sort="name") == ["One", "Two"]
    assert await names(ada, tag="work", type="style") == ["Two"]
    assert await names(ada, tag="work", q="on") == ["One"]
    tags = (await ada.get("/api/components/tags")).json()
    assert tags == {"items": [{"tag": "work", "count": 2}, {"tag": "school", "count": 1}]}


async def test_what_is_changed_is_found_by_its_new_words(bob: Person):
    component = await bob.component(name="Old")
    await bob.patch(f"/api/components/{component['id']}", {"name": "New", "tags": ["t"]})
    assert await names(bob, q="old") == []
    assert await names(bob, q="new", tag="t") == ["New"]


async def test_nobody_finds_anothers(ada: Person, bob: Person):
    await ada.component(name="Secret", tags=["hush"])
    assert await names(bob, q="secret") == []
    assert await names(bob, tag="hush") == []
    assert (await bob.get("/api/components/tags")).json() == {"items": []}


@pytest.mark.parametrize("cursor", ["x", "3.x", "0.", "1.W10=", ".", "-1.x"])
async def test_a_cursor_of_no_search_is_refused(bob: Person, cursor: str):
    answer = await bob.get("/api/components", q="a", cursor=cursor)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == "query.cursor"


@given(name=st.text(min_size=1, max_size=30), content=st.text(min_size=1, max_size=60), data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_piece_of_any_text_finds_it(bob: Person, name: str, content: str, data: st.DataObject):
    answer = await bob.post("/api/components", {"type": "role", "name": name, "content": content})
    if answer.status_code != 201:
        assert answer.status_code == 400
        return
    component = answer.json()
    text = data.draw(st.sampled_from([component["name"], content]))
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : data.draw(st.integers(start + 1, len(text)))]
    found = (await bob.get("/api/components", q=piece)).json()["items"]
    await bob.delete(f"/api/components/{component['id']}")
    assert component["id"] in [item["id"] for item in found]


async def test_the_search_text_is_right_whoever_writes(database_url: str, bob: Person):
    """Also a neighbour on the same database, with SQL of its own."""
    with psycopg.connect(database_url) as neighbour:
        neighbour.execute(
            """INSERT INTO "Component" ("userId", "type", "name", "content") VALUES (%s, 'role', 'Ähre', 'x')""",
            [bob.id],
        )
        neighbour.commit()
        assert await names(bob, q="ahre") == ["Ähre"]
        neighbour.execute('UPDATE "Component" SET "content" = %s WHERE "userId" = %s', ["Weizen", bob.id])
        neighbour.commit()
    assert await names(bob, q="weizen") == ["Ähre"]


async def test_searches_beside_each_other(bob: Person):
    await bob.component(name="Tutor")
    found = await asyncio.gather(*(names(bob, q="tut") for _ in range(20)))
    assert found == [["Tutor"]] * 20
