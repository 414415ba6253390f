"""The content security policy holds on every page, and nothing of ours is refused by it."""

from playwright.async_api import Page, Response, expect

from e2e.pages import answers, ask, finished, member, message_field, preset
from e2e.quartet_server import QuartetServer
from llm.peer import Answer, VendorPeer
from people import until

TELL = """document.addEventListener("securitypolicyviolation",
  (event) => refused(`${event.effectiveDirective}: ${event.sample || event.blockedURI} on ${location.pathname}`))"""
PAGES = (
    "library",
    "library?create=role",
    "presets/new",
    "library/import",
    "trash",
    "plan",
    "account",
    "account/sessions",
    "account/keys",
    "account/activity",
    "account/data",
    "sign-in",
    "register",
)


async def look_around(page: Page, address: str) -> None:
    """Open what floats above a page, change the colours, and see every other page."""
    await message_field(page).fill("/")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Go to").click()
    await expect(page.get_by_role("textbox", name="Go to")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="@example.com").click()
    await page.get_by_role("menuitemradio", name="Dark").click()
    for place in PAGES:
        await page.goto(f"{address}/{place}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{address}/account/keys")
    await page.get_by_role("button", name="Open the menu").click()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="New key").click()
    await expect(page.get_by_role("dialog", name="New API key")).to_be_visible()


async def test_nothing_of_ours_is_refused(page: Page, quartet: QuartetServer, vendor: VendorPeer, trouble: list[str]):
    refused: list[str] = []

    def hear(told: str) -> None:
        refused.append(told)

    await page.expose_function("refused", hear)
    await page.add_init_script(TELL)
    vendor.script(Answer(deltas=["# A plan\n\n", "```python\nprint(1)\n```\n\n| a |\n|---|\n| 1 |\n"]))
    await member(page, quartet.address)
    await preset(page, quartet.address, role="You tutor.")
    answer = await page.goto(quartet.address)
    assert answer
    policy = (await answer.all_headers())["content-security-policy"]
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy

    await page.get_by_role("button", name="Launch").click()
    await ask(page)
    await finished(page)
    await expect(answers(page).locator("pre")).to_be_visible()
    await look_around(page, quartet.address)
    assert refused == []
    assert await page.locator("style").count() == 0

    await page.evaluate("document.head.append(Object.assign(document.createElement('style'), {textContent: 'a {}'}))")
    await until(lambda: heard(refused))
    assert refused[0].startswith("style-src-elem"), "this test would have been told"
    trouble.clear()


async def heard(refused: list[str]) -> bool:
    return bool(refused)


async def test_scripts_come_compressed_and_are_kept(page: Page, quartet: QuartetServer):
    heard: list[Response] = []

    def hear(response: Response) -> None:
        heard.append(response)

    page.on("response", hear)
    await page.goto(f"{quartet.address}/sign-in")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    scripts = [await each.all_headers() for each in heard if each.url.endswith(".js") and "/assets/" in each.url]
    assert scripts
    assert {headers["content-encoding"] for headers in scripts} == {"br"}
    assert all("immutable" in headers["cache-control"] for headers in scripts)
