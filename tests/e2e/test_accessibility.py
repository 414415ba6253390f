"""Every page, in light and dark, by axe's rules; every page on a phone of 360 pixels."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, StorageState, expect

from e2e.pages import answers, ask, finished, member, preset
from e2e.quartet_server import QuartetServer
from llm.peer import Answer, VendorPeer
from people import PASSWORD

MARKDOWN = Answer(
    reasoning=["It wants a plan."],
    deltas=[
        "# A plan\n\n1. **Do** `this`\n2. [Read](https://example.com) that\n\n> Words.\n\n",
        f"```python\nprint('{'long ' * 60}')\n```\n\n",
        f"| {'a wide column |' * 12}\n|{'---|' * 12}\n|{' 1 |' * 12}\n",
    ],
)
PARTS = {"role": "You tutor.", "style": "Short.", "context": "A bakery.", "mode": "Ask first."}
WORD = "w" * 120

# The colours are those of the scheme, and none is on its way to another.
SETTLED = """scheme => document.documentElement.dataset.mantineColorScheme === scheme
  && document.getAnimations().every((each) => each.playState === "finished")"""
# Of the boxes that scroll up and down, those that scroll sideways too; and what is wider than the window.
SIDEWAYS = """() => [...document.querySelectorAll("*")].filter((element) => {
  const flows = ["auto", "scroll"].includes(getComputedStyle(element).overflowY);
  const page = element === document.documentElement;
  const tall = element.scrollHeight > element.clientHeight;
  return (page || (flows && tall)) && element.scrollWidth > element.clientWidth;
}).map((element) => `${element.tagName} ${element.className}: ${element.scrollWidth} > ${element.clientWidth}`)"""


PLACES = (
    "sign-in",
    "register",
    "new chat",
    "list of parts",
    "chat",
    "library",
    "library?create=role",
    "presets",
    "presets/new",
    "library/import",
    "trash",
    "plan",
    "account",
    "account/sessions",
    "account/keys",
    "account/activity",
    "account/data",
    "new key",
    "two factors",
)


HEADINGS = {"library/import": "Import and export", "trash": "Trash", "plan": "Plan"}
SHOWN = {
    "account": "Change password",
    "account/sessions": "This browser",
    "account/keys": "New key",
    "account/activity": "Made the account",
    "account/data": "Delete account",
}


async def show(page: Page, quartet: QuartetServer, place: str) -> None:
    """Go to a page of the app and wait until it has what it shows."""
    if place in {"sign-in", "register"}:
        await page.context.clear_cookies()
        await page.goto(f"{quartet.address}/{place}")
        await expect(page.get_by_label("E-mail")).to_be_visible()
        return
    if place in SHOWN:
        await page.goto(f"{quartet.address}/{place}")
        await expect(page.get_by_text(SHOWN[place]).last).to_be_visible()
        return
    await page.goto(quartet.address)
    if place == "new key":
        await page.goto(f"{quartet.address}/account/keys")
        await page.get_by_role("button", name="New key").click()
        await expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    elif place == "two factors":
        await page.goto(f"{quartet.address}/account")
        await page.get_by_role("button", name="Turn on").click()
        await page.get_by_role("dialog").get_by_role("textbox", name="Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    elif place == "new chat":
        await expect(page.get_by_role("button", name="Launch")).to_be_visible()
    elif place == "list of parts":
        await page.get_by_role("button", name="Role: none").click()
        await expect(page.get_by_role("option", name="My role")).to_be_visible()
    elif place == "chat":
        await page.get_by_role("button", name="Launch").click()
        await ask(page, f"A plan, please. {WORD}")
        await finished(page)
        await expect(answers(page).get_by_role("heading", name="A plan")).to_be_visible()
    else:
        await page.goto(f"{quartet.address}/{place}")
        shown = "Launch" if place == "presets" else "My role"
        if place in HEADINGS:
            await expect(page.get_by_role("heading", name=HEADINGS[place], level=1)).to_be_visible()
        elif place == "presets/new":
            await expect(page.get_by_label("Name")).to_be_visible()
        else:
            await expect(page.get_by_role("link", name=shown)).to_be_visible()


@pytest.fixture(scope="session")
async def resident(chromium: Browser, quartet: QuartetServer) -> StorageState:
    """The cookies of somebody who has a preset and parts; one account for all of these tests, which only look."""
    context = await chromium.new_context()
    tab = await context.new_page()
    await member(tab, quartet.address)
    await preset(tab, quartet.address, **PARTS)
    state = await context.storage_state()
    await context.close()
    return state


@pytest.fixture
async def page(page: Page, resident: StorageState) -> Page:
    await page.context.set_storage_state(resident)
    return page


@pytest.fixture(scope="session")
def axe(npm_packages: Path) -> str:
    return (npm_packages / "axe-core/axe.min.js").read_text()


@pytest.mark.parametrize("place", PLACES)
async def test_axe_finds_nothing(page: Page, quartet: QuartetServer, vendor: VendorPeer, axe: str, place: str):
    vendor.script(MARKDOWN)
    await show(page, quartet, place)
    await page.evaluate(axe)
    # A list that floats above the page is in no landmark, and is not to be.
    rules = {"region": {"enabled": place != "list of parts"}}
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await page.wait_for_function(SETTLED, arg=scheme)
        found = await page.evaluate("rules => axe.run({ resultTypes: ['violations'], rules })", rules)
        told = [
            f"{rule['id']}: {node['html']}\n{node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
        assert not told, "\n\n".join([scheme, *told])


@pytest.mark.parametrize("place", PLACES)
async def test_nothing_is_wider_than_a_phone(page: Page, quartet: QuartetServer, vendor: VendorPeer, place: str):
    vendor.script(MARKDOWN)
    await page.set_viewport_size({"width": 360, "height": 740})
    await show(page, quartet, place)
    assert await page.evaluate(SIDEWAYS) == []
