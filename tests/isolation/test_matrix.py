"""Nobody reaches what is not theirs: every operation of our OpenAPI, tried by everybody who has no business there.

A new operation is tried without a word here. Where it names something by a parameter that is not known yet, the test
fails and says so.
"""

import pytest

from isolation.belongings import MARK
from isolation.conftest import OUTSIDERS, STRANGERS, House
from isolation.contract import OPERATIONS, Operation, Slot, request
from isolation.trying import (
    NO_REFUSAL,
    NOBODYS,
    OPEN,
    READ_BY_POST,
    REFUSED,
    SLOTS,
    WITHOUT_IDS,
    asked_by,
    outsider,
    send,
)


async def refused(house: House, name: str, operation: Operation, slot: Slot | None) -> None:
    wanted = request(operation, slot, asked_by(house, name, operation, slot))
    before = house.rows.digests()
    answer = await send(outsider(house, name, operation), wanted)
    after = house.rows.digests()
    try:
        allowed = {NO_REFUSAL[key]} if (key := f"{operation} {slot}") in NO_REFUSAL and name in STRANGERS else REFUSED
        assert answer.status_code in allowed, f"{wanted} {answer.text}"
        assert {table for table in before if before[table] != after[table]} == set()
        assert MARK not in answer.text
    finally:
        if before != after:
            house.rows.restore(house.kept)


@pytest.mark.parametrize("name", OUTSIDERS)
@pytest.mark.parametrize(("operation", "slot"), SLOTS, ids=str)
async def test_what_is_the_owners(house: House, name: str, operation: Operation, slot: Slot):
    await refused(house, name, operation, slot)


@pytest.mark.parametrize(("operation", "slot"), [each for each in SLOTS if each[1].name != "message.id"], ids=str)
async def test_the_owner_may(house: House, operation: Operation, slot: Slot):
    """Or the refusals would be no proof."""
    wanted = request(operation, slot, lambda here: house.owner.find(operation, here))
    try:
        answer = await send(house.owner.person, wanted)
        assert answer.status_code < 400, f"{wanted} {answer.text}"
        await house.owner.stop_answers()
    finally:
        house.rows.restore(house.kept)


@pytest.mark.parametrize("name", [name for name in OUTSIDERS if name not in STRANGERS])
@pytest.mark.parametrize("operation", WITHOUT_IDS, ids=str)
async def test_what_names_nothing(house: House, name: str, operation: Operation):
    await refused(house, name, operation, None)


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("operation", [each for each in WITHOUT_IDS if each.method == "GET"], ids=str)
async def test_lists_hold_ones_own_things_alone(house: House, name: str, operation: Operation):
    answer = await send(house.others[name], request(operation, None, house.strangers[name].find))
    assert answer.status_code in {200, 403}
    text = answer.text
    assert not any(id_ in text for id_ in house.owner.known.values())


def test_no_exception_outlives_its_operation():
    known = {str(operation) for operation in OPERATIONS}
    named = {f"{operation} {slot}" for operation in OPERATIONS for slot in operation.slots()}
    assert set(OPEN) | READ_BY_POST <= known
    assert set(NOBODYS) <= known | named
    assert set(NO_REFUSAL) <= named
