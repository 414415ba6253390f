import pytest
from pydantic import ValidationError

from quartet.core.limits import RateLimits, network
from quartet.settings import LimitSettings, ServerSettings

NONE = dict.fromkeys(LimitSettings.model_fields, "none")


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("somebody", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_whom_an_address_stands_for(address: str | None, counted_as: str):
    assert network(address) == counted_as


async def test_several_rates_all_hold_and_a_refused_event_counts_for_none_of_the_rest():
    limits = RateLimits(LimitSettings(**(NONE | {"chat": "2/minute;3/hour"})))
    taken = [await limits.take("chat", "ada") for _ in range(4)]
    assert [(each.policy, each.remaining) for each in taken] == [
        ("chat-60", 1),
        ("chat-60", 0),
        ("chat-60", 0),
        ("chat-60", 0),
    ]
    assert [each.retry_after is None for each in taken] == [True, True, False, False]
    await limits.forget("chat", "ada")
    first = await limits.take("chat", "ada")
    assert first.retry_after is None


async def test_the_longer_rate_ends_it_when_the_shorter_begins_anew():
    limits = RateLimits(LimitSettings(**(NONE | {"chat": "100/minute;3/hour"})))
    taken = [await limits.take("chat", "ada") for _ in range(4)]
    assert taken[2].headers() == {"ratelimit-policy": '"chat-3600";q=3;w=3600', "ratelimit": '"chat-3600";r=0'}
    last = taken[3]
    assert 3590 < last.retry_after <= 3600
    assert last.headers() == {
        "ratelimit-policy": '"chat-3600";q=3;w=3600',
        "ratelimit": f'"chat-3600";r=0;t={last.retry_after}',
        "retry-after": str(last.retry_after),
    }


async def test_people_and_rules_are_counted_apart():
    limits = RateLimits(LimitSettings(**(NONE | {"chat": "1/hour", "export": "1/hour"})))
    for rule, who in (("chat", "ada"), ("chat", "bob"), ("export", "ada")):
        assert (await limits.take(rule, who)).retry_after is None
    assert await limits.take("guest", "ada") is None, "nothing limits this"


@pytest.mark.parametrize("rates", ["fast", "10", "10/fortnight", ""])
def test_rates_that_cannot_be_read_are_refused(rates: str):
    with pytest.raises(ValidationError):
        LimitSettings(chat=rates)


@pytest.mark.parametrize("proxies", ["10.0.0.1/8", "localhost", "10.0.0.1;10.0.0.2"])
def test_proxies_that_cannot_be_read_are_refused(proxies: str):
    with pytest.raises(ValidationError):
        ServerSettings(trusted_proxies=proxies)
