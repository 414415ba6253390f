"""How lists and searches are answered where a few of many people keep very many components."""

from uuid import UUID, uuid4

import psycopg
import pytest

from explaining import Scan, scans
from quartet.prompts import search
from quartet.prompts.models import ComponentQuery

KEPT = 1500
PAGE = 51
RARE = "c4ca4238"
"""In one name of each person's: so begins md5('1')."""


@pytest.fixture(scope="module")
def heavy(database_url: str) -> UUID:
    """Two of 1,500 people keep 1,500 components: what forgets whose it looks for meets both. The others keep 8."""
    heavy = uuid4()
    with psycopg.connect(database_url) as owner:
        owner.execute(
            """INSERT INTO "User" ("id", "email") SELECT %(id)s, 'heavy-' || %(id)s
               UNION ALL SELECT gen_random_uuid(), 'light-' || n || '-' || %(id)s FROM generate_series(1, 1500) n""",
            {"id": heavy},
        )
        owner.execute(
            """INSERT INTO "Component" ("userId", "type", "name", "content", "tags")
               SELECT u."id", (ARRAY['role', 'style', 'context', 'mode'])[n %% 4 + 1]::component_type,
                 'Part ' || md5(n::text), 'Text ' || md5(u."id"::text || n), ARRAY['t' || n %% 50]
               FROM "User" u, generate_series(1, CASE WHEN u."email" ~ '^(heavy|light-1)-' THEN %(kept)s ELSE 8 END) n
               WHERE u."email" LIKE '%%-' || %(id)s""",
            {"id": heavy, "kept": KEPT},
        )
        # As autovacuum does: entries still gathered in the index's list make it look dear.
        owner.execute("SELECT gin_clean_pending_list('component_search_words_idx')")
        owner.execute(
            'ANALYZE "Component"; ANALYZE "ComponentSearch"; ANALYZE "ComponentTag"; ANALYZE "ComponentVersion"'
        )
    return heavy


def too_much(read: list[Scan], most: int) -> list[Scan]:
    """Return where a table is read from its start, or more of it than `most` rows: as when each brings all others."""
    assert read
    return [scan for scan in read if scan.how == "Seq Scan" or scan.rows > most]


@pytest.mark.parametrize("asked", [{}, {"type": "style"}, {"sort": "recent"}, {"sort": "name"}, {"tag": "t7"}], ids=str)
def test_no_list_scans_a_table(administrator_url: str, heavy: UUID, asked: dict):
    read = scans(administrator_url, heavy, *search.statement(ComponentQuery(**asked), limit=PAGE))
    assert not too_much(read, KEPT)


@pytest.mark.parametrize("sort", ["usage", "recent", "name"])
@pytest.mark.usefixtures("heavy")
def test_no_search_of_few_scans_a_table(administrator_url: str, sort: str):
    asked = ComponentQuery(q="part", sort=sort, tag="t7", type="mode")
    read = scans(administrator_url, uuid4(), *search.statement_for_few(asked, tier=0, cursor=None, limit=PAGE))
    assert not too_much(read, KEPT)


@pytest.mark.parametrize("tier", [0, 1, 2])
@pytest.mark.parametrize("common", [True, False])
@pytest.mark.parametrize("sort", ["usage", "recent", "name"])
@pytest.mark.parametrize("q", ["part", RARE])
def test_no_search_of_many_scans_a_table(
    administrator_url: str, heavy: UUID, q: str, sort: str, tier: int, *, common: bool
):
    asked = ComponentQuery(q=q, sort=sort, type="mode")
    statement = search.statement_for_many(asked, tier=tier, common=common, cursor=None, limit=PAGE)
    read = scans(administrator_url, heavy, *statement)
    assert "ComponentSearch" in {scan.table for scan in read if scan.is_inside}
    assert not too_much(read, PAGE if q == RARE and not common else KEPT)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "component_user_usage_idx"),
        ({"sort": "recent"}, "component_user_changed_idx"),
        ({"sort": "name"}, "component_search_name_idx"),
        ({"tag": "t7"}, "component_tag_user_idx"),
    ],
    ids=str,
)
def test_who_keeps_very_many_is_served_from_an_index(administrator_url: str, heavy: UUID, asked: dict, index: str):
    read = scans(administrator_url, heavy, *search.statement(ComponentQuery(**asked), limit=PAGE))
    used = {name for scan in read for name in scan.indexes}
    assert index in used, read
    assert "component_version_newest_idx" in used, "versions stand beside those of their owner's other parts"
