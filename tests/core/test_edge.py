"""What holds for every request, whatever room it is for."""

import pytest

from people import Person, Visitor


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 204),
        ({"sec-fetch-site": "none"}, 204),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://{host}"}, 204),
        ({}, 204),
    ],
)
async def test_another_site_changes_nothing(bob: Person, address: str, headers: dict[str, str], status: int):
    del bob.http.headers["sec-fetch-site"]
    host = address.removeprefix("http://")
    sent = {name: value.format(host=host) for name, value in headers.items()}
    answer = await bob.post("/api/auth/logout", headers=sent)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "forbidden:origin"


@pytest.mark.parametrize(("host", "status"), [("evil.example", 400), ("localhost:8000", 200), ("[::1]:8000", 200)])
async def test_another_name_for_this_machine_is_refused(visitor: Visitor, host: str, status: int):
    # DNS rebinding: a page elsewhere gives its own name this machine's address, and looks like ours.
    answer = await visitor.http.get("/api/auth/session", headers={"host": host})
    assert answer.status_code == status


async def test_a_body_over_a_megabyte_is_refused(bob: Person):
    answer = await bob.post("/api/components", {"type": "role", "name": "x", "content": "x" * 1_100_000})
    assert answer.status_code == 413


async def test_a_body_that_is_no_json_is_refused(bob: Person):
    answer = await bob.http.post("/api/components", content="{", headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_request:api"


@pytest.mark.parametrize("path", ["/api/nothing", "/assets/nothing.js", "/.well-known/nothing"])
async def test_unknown_addresses_are_not_found(visitor: Visitor, path: str):
    answer = await visitor.get(path)
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


async def test_answers_carry_the_headers_that_protect_a_browser(visitor: Visitor):
    answer = await visitor.get("/api/auth/session")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "img-src 'self' data:" in answer.headers["content-security-policy"]
    assert "style-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_refusals_speak_to_both_clients(visitor: Visitor):
    answer = await visitor.get("/api/components")
    assert answer.status_code == 401
    assert answer.json() == {
        "type": "about:blank",
        "title": "Sign in first.",
        "status": 401,
        "detail": "Sign in first.",
        "code": "unauthorized:auth",
        "message": "Sign in first.",
    }


async def test_what_is_somebodys_is_kept_by_no_browser(bob: Person):
    assert (await bob.get("/api/components")).headers["cache-control"] == "no-store"


async def test_https_stays_https(visitor: Visitor):
    assert "strict-transport-security" not in (await visitor.get("/")).headers
    answer = await visitor.http.get("/", headers={"x-forwarded-proto": "https"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_another_sites_link_makes_no_guest(visitor: Visitor):
    answer = await visitor.http.get("/api/auth/guest", headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.headers["location"]) == (307, "/sign-in")
    assert "set-cookie" not in answer.headers


async def test_who_tries_what_is_forbidden_is_in_the_log(bob: Person, caplog: pytest.LogCaptureFixture):
    await bob.post("/api/auth/login", {"email": bob.email, "password": "wrong password"})
    await bob.http.post("/api/components", json={}, headers={"sec-fetch-site": "cross-site"})
    told = [record.getMessage() for record in caplog.records if record.name == "quartet.core.http"]
    assert told == ["POST /api/auth/login refused for 127.0.0.1: unauthorized:auth"]


FAR = {"x-forwarded-for": "203.0.113.7"}


async def test_lists_go_out_compressed_to_far_away(ada: Person):
    for n in range(3):
        await ada.component(name=f"Tutor {n}", content="You are a patient tutor. " * 40)
    near = await ada.get("/api/components")
    far = await ada.http.get("/api/components", headers=FAR)
    assert "content-encoding" not in near.headers, "loopback gains nothing"
    assert far.headers["content-encoding"] == "gzip"
    assert far.json() == near.json()
    plain = await ada.http.get("/api/components", headers=FAR | {"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


async def test_streams_go_out_as_they_come(ada: Person):
    async with ada.http.stream("POST", "/api/chat", json=ada.question("Hello?"), headers=FAR) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        await answer.aread()


@pytest.mark.parametrize("path", ["/api/components", "/api/presets", "/api/history", "/api/trash"])
async def test_a_program_is_told_that_its_list_is_still_right(ada: Person, path: str):
    async def something_happens() -> None:
        preset = await ada.preset(name="Another", role="You tutor.")
        await ada.ask("Hello?")
        await ada.delete(f"/api/presets/{preset['id']}")
        await ada.preset(name="Kept", role="You tutor.")

    await something_happens()
    first = await ada.get(path)
    tag = first.headers["etag"]
    again = await ada.http.get(path, headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await something_happens()
    changed = await ada.http.get(path, headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
