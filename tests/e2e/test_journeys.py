"""What a newcomer does first, with the mouse, and what a person of habit does, with the keyboard alone."""

import asyncio
from uuid import uuid4

from playwright.async_api import Page, Route, expect

from e2e.pages import QUESTION, answers, ask, finished, member, message_field, part, questions_to, receipt
from e2e.quartet_server import QuartetServer
from llm.peer import Answer, VendorPeer
from people import PASSWORD

PARTS = {
    "Role": "You are a product marketer.",
    "Style": "Short sentences.",
    "Context": "We sell bicycles in Ghent.",
    "Mode": "Give a list of steps.",
}
COMPOSED = (
    "# Role\n\nYou are a product marketer.\n\n# Style\n\nShort sentences.\n\n"
    "# Context\n\nWe sell bicycles in Ghent.\n\n# Mode\n\nGive a list of steps."
)
SPOKEN = Answer(deltas=["First ", *(f"word{n} " for n in range(20)), "last."], pace=0.15)


async def register(page: Page, address: str) -> None:
    await page.goto(address)
    await page.get_by_role("link", name="Create one").click()
    await page.get_by_label("E-mail").fill(f"{uuid4().hex[:12]}@example.com")
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="What is on your mind?")).to_be_visible()


async def fill_library(page: Page) -> None:
    await page.get_by_role("link", name="Library").click()
    for kind, content in PARTS.items():
        await page.get_by_role("button", name=f"New {kind.lower()}").click()
        form = page.get_by_role("dialog", name=f"New {kind.lower()}")
        await form.get_by_label("Name").fill(f"My {kind.lower()}")
        await form.get_by_label("Text").fill(content)
        await form.get_by_role("button", name="Create").click()
        await expect(form).to_be_hidden()
        await expect(page.get_by_role("link", name=f"My {kind.lower()}")).to_be_visible()


async def make_preset(page: Page) -> None:
    await page.get_by_role("link", name="Presets").click()
    await page.get_by_role("link", name="New preset").first.click()
    await page.get_by_label("Name").fill("Launch")
    slots = page.get_by_role("group", name="Slots")
    for kind in PARTS:
        await slots.get_by_role("button", name=kind).click()
        await page.get_by_role("option", name=f"My {kind.lower()}").click()
    preview = page.get_by_role("region", name="Composed prompt")
    for content in PARTS.values():
        await expect(preview).to_contain_text(content)
    await page.get_by_role("button", name="Create preset").click()
    await expect(page.get_by_role("link", name="Launch")).to_be_visible()


async def test_from_nothing_to_an_answer_that_stays(page: Page, quartet: QuartetServer, vendor: VendorPeer):
    vendor.script(SPOKEN)
    await register(page, quartet.address)
    await fill_library(page)
    await make_preset(page)
    await page.get_by_role("link", name="Use in chat").click()
    await expect(page.get_by_role("button", name="Preset: Launch")).to_be_visible()
    await ask(page)

    await expect(answers(page)).to_contain_text("First word0")
    assert not questions_to(vendor)[0].finished.is_set(), "the answer was shown only when it was over"
    (call,) = questions_to(vendor)
    assert call.json["messages"] == [{"role": "system", "content": COMPOSED}, {"role": "user", "content": QUESTION}]

    await finished(page)
    for _ in range(2):
        await expect(page.get_by_role("article", name="You")).to_have_text(QUESTION)
        await expect(answers(page)).to_contain_text("word19 last.")
        await expect(receipt(page)).to_contain_text("Launch")
        for kind in PARTS:
            await expect(receipt(page)).to_contain_text(f"My {kind.lower()} v1")
        await page.reload()
    assert len(questions_to(vendor)) == 1


async def test_a_question_may_come_before_the_list_of_models(page: Page, quartet: QuartetServer, vendor: VendorPeer):
    await member(page, quartet.address)
    sent = asyncio.Event()

    async def hold(route: Route) -> None:
        await sent.wait()
        await route.continue_()

    await page.route("**/api/models", hold)
    await page.goto(quartet.address)
    await ask(page)
    sent.set()
    await finished(page)
    await expect(answers(page)).to_contain_text("Hello, world")


async def test_with_the_keyboard_alone(page: Page, quartet: QuartetServer, vendor: VendorPeer):
    email = await member(page, quartet.address)
    await part(page, quartet.address, "role", "You tutor.")
    await part(page, quartet.address, "mode", "Ask first.")
    await page.context.clear_cookies()
    await page.goto(quartet.address)
    await expect(page.get_by_label("E-mail")).to_be_focused()
    press = page.keyboard
    await press.type(email)
    await press.press("Tab")
    await press.type(PASSWORD)
    await press.press("Enter")

    await expect(message_field(page)).to_be_focused()
    await press.press("Alt+1")
    await expect(page.get_by_role("option", name="My role")).to_be_visible()
    await press.press("Enter")
    await expect(page.get_by_role("button", name="Role: My role")).to_be_visible()
    await expect(message_field(page)).to_be_focused()
    await press.type("/")
    await expect(page.get_by_role("combobox", name="Search presets and parts")).to_be_focused()
    await press.type("My mo")
    await expect(page.get_by_role("option")).to_have_count(1)
    await press.press("Enter")
    await expect(page.get_by_role("button", name="Mode: My mode")).to_be_visible()
    await expect(message_field(page)).to_be_focused()
    await press.type("Hi")
    await press.press("Enter")
    await finished(page)
    await expect(answers(page)).to_contain_text("Hello, world")
    system = questions_to(vendor)[0].json["messages"][0]["content"]
    assert system == "# Role\n\nYou tutor.\n\n# Mode\n\nAsk first."
