"""The account as its owner sees it: password, sessions, keys, the second factor, the way out."""

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from e2e.openid import CLIENT_ID, CLIENT_SECRET, a_free_port, an_openid_provider
from e2e.pages import ask, finished, member, part
from e2e.quartet_server import QuartetServer
from llm.peer import Answer, VendorPeer
from people import PASSWORD

NEW_PASSWORD = "another horse entirely"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@asynccontextmanager
async def another_browser(chromium: Browser, address: str, email: str) -> AsyncIterator[Page]:
    """A browser on Windows that is signed in to the same account."""
    context = await chromium.new_context(user_agent=WINDOWS)
    tab = await context.new_page()
    answer = await context.request.post(f"{address}/api/auth/login", data={"email": email, "password": PASSWORD})
    assert answer.ok, await answer.text()
    yield tab
    await context.close()


async def is_out(tab: Page, address: str) -> None:
    await tab.goto(f"{address}/library")
    await expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


async def enter(page: Page, address: str, email: str, password: str) -> None:
    """Fill in the sign-in page, on the way to the account page."""
    await page.goto(f"{address}/sign-in?next=/account")
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_role("textbox", name="Password").fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def sign_out(page: Page, email: str) -> None:
    await page.get_by_role("button", name=email).click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def is_in(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Account")).to_be_visible()


async def test_another_password_ends_the_other_sessions(
    page: Page, chromium: Browser, quartet: QuartetServer, trouble: list[str]
):
    email = await member(page, quartet.address)
    async with another_browser(chromium, quartet.address, email) as other:
        await page.goto(quartet.address)
        await page.get_by_role("button", name=email).click()
        await page.get_by_role("menuitem", name="Account").click()
        await page.get_by_role("button", name="Change password").click()
        await dialog(page).get_by_label("Present password").fill("not this one")
        await dialog(page).get_by_label("New password").fill(NEW_PASSWORD)
        await dialog(page).get_by_role("button", name="Change password").click()
        await expect(dialog(page).get_by_text("The password is wrong.")).to_be_visible()
        await dialog(page).get_by_label("Present password").fill(PASSWORD)
        await dialog(page).get_by_role("button", name="Change password").click()
        await expect(page.get_by_text("The password is changed.")).to_be_visible()
        await is_out(other, quartet.address)
    await page.reload()
    await sign_out(page, email)
    await enter(page, quartet.address, email, NEW_PASSWORD)
    await is_in(page)
    trouble.clear()  # the browser complains of what was refused


async def test_another_browser_is_signed_out(page: Page, chromium: Browser, quartet: QuartetServer):
    email = await member(page, quartet.address)
    async with another_browser(chromium, quartet.address, email) as other:
        await page.goto(f"{quartet.address}/account/sessions")
        rows = page.get_by_role("list", name="Sessions").get_by_role("listitem")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("This browser")
        await page.get_by_role("button", name="Sign out Firefox on Windows").click()
        await dialog(page).get_by_role("button", name="Sign out").click()
        await expect(rows).to_have_count(1)
        await is_out(other, quartet.address)
    await page.get_by_role("navigation", name="Account").get_by_role("link", name="Activity").click()
    await expect(page.get_by_text("Signed a browser out")).to_be_visible()


async def test_a_key_is_made_used_and_revoked(page: Page, chromium: Browser, quartet: QuartetServer):
    await member(page, quartet.address)
    await page.goto(quartet.address)
    await page.get_by_role("button", name="Go to").click()
    await page.get_by_role("textbox", name="Go to").fill("API keys")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="New key").click()
    await dialog(page).get_by_role("textbox", name="Name").fill("My script")
    await dialog(page).get_by_role("checkbox", name="Chat").uncheck()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("“My script” is ready.")).to_be_visible()
    key = await page.get_by_label("The key").input_value()
    await dialog(page).get_by_role("button", name="I have kept it").click()

    program = await chromium.new_context(extra_http_headers={"authorization": f"Bearer {key}"})
    assert (await program.request.get(f"{quartet.address}/api/components")).status == 200
    body = {"type": "role", "name": "x", "content": "x"}
    assert (await program.request.post(f"{quartet.address}/api/components", data=body)).status == 403
    await page.reload()
    row = page.get_by_role("list", name="API keys").get_by_role("listitem")
    await expect(row).to_contain_text("read · last used today · ends")
    await row.get_by_role("button", name="Revoke “My script”").click()
    await dialog(page).get_by_role("button", name="Revoke key").click()
    await expect(page.get_by_text("No API keys yet")).to_be_visible()
    assert (await program.request.get(f"{quartet.address}/api/components")).status == 401
    await program.close()


async def test_a_second_factor_is_asked_for(page: Page, quartet: QuartetServer, trouble: list[str]):
    email = await member(page, quartet.address)
    await page.goto(f"{quartet.address}/account")
    await page.get_by_role("button", name="Turn on").click()
    await dialog(page).get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    app = pyotp.TOTP((await dialog(page).locator("code").inner_text()).replace(" ", ""))
    await dialog(page).get_by_role("textbox", name="Code").fill(app.now())
    listed = dialog(page).get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(listed).to_have_count(10)
    codes = await listed.all_inner_texts()
    async with page.expect_download() as kept:
        await dialog(page).get_by_role("button", name="Download").click()
    assert (await (await kept.value).path()).read_text().split() == codes
    await dialog(page).get_by_role("button", name="I have kept them").click()
    await expect(page.get_by_text("10 recovery codes left")).to_be_visible()

    await sign_out(page, email)
    await enter(page, quartet.address, email, PASSWORD)
    code = page.get_by_role("textbox", name="Code")
    await code.fill("000000")
    await expect(page.get_by_text("This code is wrong")).to_be_visible()
    await code.fill(app.at(time.time(), counter_offset=1))  # a code of this step may have been the first one
    await is_in(page)

    await sign_out(page, email)
    await enter(page, quartet.address, email, PASSWORD)
    await page.get_by_role("button", name="Use a recovery code").click()
    await page.get_by_role("textbox", name="Recovery code").fill(codes[0])
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("9 recovery codes left")).to_be_visible()

    await page.get_by_role("button", name="Turn off").click()
    await dialog(page).get_by_role("textbox", name="Password").fill(PASSWORD)
    await dialog(page).get_by_role("textbox", name="Code").fill(codes[1])
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Turn on")).to_be_visible()
    trouble.clear()  # the browser complains of the answers that ask for the code


async def test_everything_is_taken_along_and_deleted(page: Page, quartet: QuartetServer, trouble: list[str]):
    email = await member(page, quartet.address)
    await part(page, quartet.address, "role", "You tutor.")
    await page.goto(f"{quartet.address}/account/data")
    async with page.expect_download() as taken:
        await page.get_by_role("button", name="Download everything").click()
    file = await taken.value
    assert re.fullmatch(r"quartet-\d{4}-\d\d-\d\d\.json", file.suggested_filename)
    document = json.loads((await file.path()).read_text())
    assert email in json.dumps(document)
    assert "You tutor." in json.dumps(document)

    await page.get_by_role("button", name="Delete account").click()
    await dialog(page).get_by_label("Your password").fill(PASSWORD)
    await dialog(page).get_by_role("button", name="Delete for good").click()
    await expect(page.get_by_text("Your account is deleted")).to_be_visible()
    await enter(page, quartet.address, email, PASSWORD)
    await expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    trouble.clear()  # the browser complains of that


async def test_a_guest_keeps_everything(page: Page, quartet: QuartetServer):
    await page.goto(f"{quartet.address}/sign-in?next=/account")
    await page.get_by_role("link", name="Continue as guest").click()
    await expect(page).to_have_url(f"{quartet.address}/account")
    await part(page, quartet.address, "role", "You tutor.")
    await page.get_by_role("link", name="Create an account").click()
    await page.get_by_label("E-mail").fill(f"guest-of-{a_free_port()}@example.com")
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("button", name="Change password")).to_be_visible()
    await page.goto(f"{quartet.address}/library/role")
    await expect(page.get_by_role("link", name="My role")).to_be_visible()


@pytest.fixture(scope="module")
async def linked(wheel: Path, npm_packages: Path) -> AsyncIterator[QuartetServer]:
    """A server with an OpenID provider that others wrote."""
    port = a_free_port()
    settings = {
        "OAUTH_OIDC_ISSUER": f"http://127.0.0.1:{port}",
        "OAUTH_OIDC_CLIENT_ID": CLIENT_ID,
        "OAUTH_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OAUTH_OIDC_NAME": "Example",
    }
    async with (
        QuartetServer(wheel, **settings) as server,
        an_openid_provider(port, f"{server.address}/api/auth/oauth/oidc/callback"),
    ):
        yield server


async def agree(page: Page, name: str) -> None:
    """Sign in at the provider and allow it."""
    await page.locator("input[name=login]").fill(name)
    await page.locator("input[name=password]").fill("any")
    await page.locator("button[type=submit]").click()
    await page.get_by_role("button", name="Continue").click()


async def test_an_account_elsewhere_signs_in(page: Page, linked: QuartetServer, trouble: list[str]):
    await page.goto(f"{linked.address}/sign-in?next=/account")
    await page.get_by_role("link", name="Continue with Example").click()
    await agree(page, "judy")
    await expect(page.get_by_text("judy@example.com · last used today")).to_be_visible()
    await page.get_by_role("button", name="Unlink Example").click()
    await dialog(page).get_by_role("button", name="Unlink").click()
    await expect(dialog(page).get_by_role("alert")).to_contain_text("This is your only way to sign in.")
    await dialog(page).get_by_role("button", name="Cancel").click()

    await page.get_by_role("button", name="Set a password").click()
    await dialog(page).get_by_label("New password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("The password is set.")).to_be_visible()
    await page.get_by_role("button", name="Unlink Example").click()
    await dialog(page).get_by_role("button", name="Unlink").click()
    await expect(page.get_by_role("button", name="Unlink Example")).to_be_hidden()

    await page.get_by_role("button", name="Link Example").click()
    await dialog(page).get_by_role("textbox", name="Password").fill(PASSWORD)
    await dialog(page).get_by_role("button", name="Go to Example").click()
    await expect(page.get_by_role("button", name="Unlink Example")).to_be_visible()
    await page.goto(f"{linked.address}/account?error=denied")
    await expect(page.get_by_role("alert")).to_have_text("You did not allow it there, so nothing was linked.")
    trouble.clear()  # of the refusal, and of what the provider's pages load from elsewhere


@pytest.fixture(scope="module")
async def hurried(wheel: Path, _peer: VendorPeer) -> AsyncIterator[QuartetServer]:
    """A server that lets nobody try or ask twice a minute."""
    settings = {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": _peer.openai_url,
        "QUARTET_LIMITS": "on",
        "LIMIT_LOGIN": "1/minute",
        "LIMIT_CHAT": "1/minute",
        "LIMIT_REGISTRATION": "2/minute",
    }
    async with QuartetServer(wheel, **settings) as server:
        yield server


async def test_who_hurries_is_told_when_to_come_again(
    page: Page, hurried: QuartetServer, vendor: VendorPeer, trouble: list[str]
):
    when = re.compile(r"Try again (in \d+ seconds|at \d)")
    vendor.script(Answer(deltas=["Bake."]))
    email = await member(page, hurried.address)
    await page.goto(hurried.address)
    await ask(page)
    await finished(page)
    await ask(page, "And then?")
    refused = page.get_by_role("alert").filter(has_text="Not sent.")
    await expect(refused).to_contain_text("You are asking faster than this server allows.")
    await expect(refused).to_contain_text(when)
    await page.context.clear_cookies()
    for _ in range(2):
        await enter(page, hurried.address, email, "a guess")
    await expect(page.get_by_role("alert")).to_have_text(when)
    await member(page, hurried.address)
    await page.goto(f"{hurried.address}/register")
    await page.get_by_label("E-mail").fill("third@example.com")
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("alert")).to_have_text(when)
    trouble.clear()  # the browser complains of every refusal
