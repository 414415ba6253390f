"""What Prometheus is told: on a port of its own, by a real server, after real requests and answers."""

import json
import re
import socket
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from billing.selling import WEBHOOK, a_shop, deliver
from conftest import a_server, a_settings
from llm.peer import Answer, VendorPeer
from people import Person, Visitor, until
from quartet.chats.accounting import spent
from quartet.core.database import Database
from quartet.core.metrics import Served
from quartet.llm.catalogue import KNOWN, Catalogue
from quartet.llm.openai import OpenAIProvider
from quartet.polar_peer.events import raised, sign

PACKAGING = Path(__file__).parents[2] / "packaging"
Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


class Measured:
    """A server that is measured."""

    def __init__(self, address: str, metrics: str) -> None:
        self.address = address
        self.metrics = metrics

    async def text(self) -> str:
        async with httpx2.AsyncClient() as prometheus:
            answer = await prometheus.get(f"http://{self.metrics}/metrics")
        assert answer.status_code == 200
        return answer.text

    async def figures(self) -> Figures:
        families = text_string_to_metric_families(await self.text())
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }


@pytest.fixture
async def measured(database_url: str, vendor: VendorPeer) -> AsyncIterator[Measured]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        metrics = f"127.0.0.1:{free.getsockname()[1]}"
    settings = a_settings(database_url, openai_url=vendor.openai_url)
    settings = settings.model_copy(update={"server": settings.server.model_copy(update={"metrics": metrics})})
    async with a_server(settings) as address:
        yield Measured(address, metrics)


@pytest.fixture
async def ada(measured: Measured, database: Database) -> AsyncIterator[Person]:
    async with Person(measured.address, database) as person:
        await person.register()
        await person.subscribe("pro")
        yield person


def figure(figures: Figures, name: str, **labels: str) -> float:
    return figures.get((name, frozenset(labels.items())), 0.0)


async def test_requests_are_counted_by_their_routes(measured: Measured, ada: Person):
    before = await measured.figures()
    component = await ada.component()
    for _ in range(3):
        await ada.get(f"/api/components/{component['id']}")
    await ada.get("/api/nothing")
    page = await ada.get("/some/page")
    await ada.http.request("PROPFIND", "/")
    after = await measured.figures()

    def more(name: str, **labels: str) -> float:
        return figure(after, name, **labels) - figure(before, name, **labels)

    route = "/api/components/{component_id}"
    assert more("quartet_http_requests_total", method="GET", route=route, status="2xx") == 3
    assert more("quartet_http_request_seconds_count", method="GET", route=route) == 3
    assert more("quartet_http_requests_total", method="POST", route="/api/components", status="2xx") == 1
    assert more("quartet_http_requests_total", method="GET", route="(unknown)", status="4xx") == 1
    status = f"{page.status_code // 100}xx"  # 404 where the pages are not built
    assert more("quartet_http_requests_total", method="GET", route="(page)", status=status) == 1
    assert more("quartet_http_requests_total", method="other", route="(page)", status="4xx") == 1
    assert component["id"] not in await measured.text()
    assert ada.email not in await measured.text()


async def test_answers_are_counted_with_what_they_cost(measured: Measured, ada: Person, vendor: VendorPeer):
    before = await measured.figures()
    await ada.ask()
    vendor.script(Answer(status=429, error={"message": "Zanzibar", "type": "rate_limit_error"}))
    await ada.ask()

    async def both_ended() -> Figures | None:
        after = await measured.figures()
        return after if not figure(after, "quartet_streams") else None

    after = await until(both_ended)

    def more(name: str, **labels: str) -> float:
        return figure(after, name, **labels) - figure(before, name, **labels)

    assert more("quartet_turns_total", outcome="complete") == 1
    assert more("quartet_turns_total", outcome="failed") == 1
    assert more("quartet_turn_seconds_count") == 2
    assert more("quartet_provider_requests_total", provider="openai", outcome="ok") == 1
    assert more("quartet_provider_requests_total", provider="openai", outcome="rate_limited") == 1
    assert more("quartet_provider_first_token_seconds_count", provider="openai") == 1
    assert more("quartet_tokens_total", provider="openai", model="gpt-6-luna", direction="in") > 12
    assert more("quartet_tokens_total", provider="openai", model="gpt-6-luna", direction="out") == 5
    assert "Zanzibar" not in await measured.text()


async def test_running_answers_and_their_readers_are_seen(measured: Measured, ada: Person, vendor: VendorPeer):
    before = await measured.figures()
    vendor.script(Answer(deltas=["word "] * 60, pace=0.05))
    question = ada.question()
    async with ada.asking(question) as first, ada.http.stream("GET", f"/api/chat/{question['id']}/stream") as second:
        assert (first.status_code, second.status_code) == (200, 200)

        async def heard() -> bool:
            figures = await measured.figures()
            return figure(figures, "quartet_streams") == 1 and figure(figures, "quartet_stream_readers") == 2

        async def written_down() -> bool:
            count = "quartet_checkpoint_seconds_count"
            return figure(await measured.figures(), count) > figure(before, count)

        await until(heard)
        await until(written_down)
    await ada.post(f"/api/chat/{question['id']}/stop")


async def test_the_pool_and_the_reservations_are_seen(measured: Measured):
    figures = await measured.figures()
    assert figure(figures, "quartet_pool_connections_max", pool="primary") == 20
    states = [figure(figures, "quartet_pool_connections", pool="primary", state=state) for state in ("idle", "used")]
    assert sum(states) >= 2
    assert figure(figures, "quartet_pool_requests_total", pool="primary") > 0
    assert ("quartet_reservations", frozenset()) in figures


async def test_events_of_the_seller_are_counted(database_url: str):
    def counted() -> dict[str, float]:
        name = "quartet_webhooks_total"
        return {
            each: REGISTRY.get_sample_value(name, {"result": each}) or 0.0 for each in ("noted", "repeated", "forged")
        }

    before = counted()
    event = raised("order.paid", {"id": "one"}, datetime.now(UTC))
    async with a_shop(database_url) as shop, Visitor(shop.address) as polar:
        for status in (202, 202):
            assert (await deliver(polar.http, event, at=int(time.time()))).status_code == status
        forged = await polar.http.post(WEBHOOK, content=event.body, headers=sign("whsec_x", event, int(time.time())))
        assert forged.status_code == 403
    assert {each: count - before[each] for each, count in counted().items()} == {"noted": 1, "repeated": 1, "forged": 1}


async def test_the_public_port_tells_nothing(measured: Measured, ada: Person):
    assert "quartet_http" not in (await ada.get("/metrics")).text


@pytest.mark.parametrize("file", ["grafana/quartet.json", "prometheus/alerts.yml"])
async def test_what_is_drawn_and_watched_is_exported(measured: Measured, file: str):
    names = set(re.findall(r"\b(?:quartet|process)_[a-z_]+", (PACKAGING / file).read_text()))
    assert len(names) > 5
    exported = set()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", await measured.text(), re.MULTILINE):
        exported |= {f"{name}_{each}" for each in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    assert names - exported == set()


async def test_what_an_alert_waits_for_is_there_before_it_happens(measured: Measured):
    """Prometheus sees an increase only from one sample to the next: a series must not begin with its first failure."""
    rules = (PACKAGING / "prometheus/alerts.yml").read_text()
    told = await measured.text()
    watched = re.findall(r'increase\((quartet_\w+)\{(\w+)=~?"([^"]+)"\}', rules)
    assert len(watched) >= 2
    for name, label, values in watched:
        for value in values.split("|"):
            assert re.search(rf'^{name}\{{.*{label}="{value}"', told, re.MULTILINE), f"{name} {label}={value}"


@pytest.fixture
def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((PACKAGING / "grafana/quartet.json").read_text())["panels"]
    return found


def test_the_dashboard_has_a_row_for_each_concern(panels: list[dict[str, Any]]):
    rows = [panel["title"] for panel in panels if panel["type"] == "row"]
    assert rows == ["Requests", "Streams", "Tokens", "Providers", "Database", "Processes"]


def test_each_panel_of_the_dashboard_has_a_place_and_a_number_of_its_own(panels: list[dict[str, Any]]):
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(places)) == len(places)
    assert max(x for x, _ in places) == 23


def test_each_question_of_the_dashboard_is_for_the_chosen_job(panels: list[dict[str, Any]]):
    asked = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    assert len(asked) > 30
    for expression in asked:
        named = re.findall(r"\b(?:quartet_[a-z_]+|process_[a-z_]+|up)\b", expression)
        assert named, expression
        assert expression.count('{job=~"$job"') == len(named), expression


def test_what_turns_red_is_what_wakes_somebody(panels: list[dict[str, Any]]):
    (group,) = yaml.safe_load((PACKAGING / "prometheus/alerts.yml").read_text())["groups"]
    rules = {rule["alert"]: rule["expr"] for rule in group["rules"]}
    red = {
        panel["title"]: step["value"]
        for panel in panels
        if panel["type"] == "stat"
        for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        if step["color"] == "red"
    }
    assert red == {"Processes": None, "Errors of ours": 0.02, "Begins, p95": 0.5, "Failed answers": 0.1}
    assert rules["QuartetDown"].endswith("== 0")
    assert "> 0.02 * " in rules["QuartetErrors"]
    assert rules["QuartetSlow"].endswith("> 0.5")
    assert "> 0.1 * " in rules["QuartetAnswersFail"]


def test_processes_take_a_port_each(taken: int):
    served = Served(f"127.0.0.1:{taken}", 2, {})
    try:
        assert served.port in range(taken + 1, taken + 4)
        assert "quartet_streams" in httpx2.get(f"http://127.0.0.1:{served.port}/metrics").text
    finally:
        served.close()


def test_a_taken_port_keeps_nobody_from_starting(taken: int, caplog: pytest.LogCaptureFixture):
    served = Served(f"127.0.0.1:{taken}", 1, {})
    served.close()
    assert served.port is None
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"nothing is measured: 127.0.0.1:{taken} (QUARTET_METRICS) cannot be listened on: ")


async def test_a_name_that_somebody_made_up_is_no_label(measured: Measured, vendor: VendorPeer):
    provider = OpenAIProvider(api_key="k", base_url=vendor.openai_url)
    catalogue = Catalogue({"openai": provider}, compatible=lambda: ["served-here"])
    for name in ("served-here", "made-up"):
        spent(catalogue.find(f"openai/{name}"), 1, 1)
    await provider.close()
    figures = await measured.figures()
    models = {dict(labels)["model"] for name, labels in figures if name == "quartet_tokens_total"}
    assert {"served-here", "other"} <= models <= {"served-here", "other", *(model.vendor_id for model in KNOWN)}
