"""Two prompts side by side, and the prompt mixed with the keyboard alone."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Locator, Page, expect

from e2e.pages import QUESTION, a_picture, ask, chat_opened, finished, member, menu, message_field, post, receipt
from e2e.quartet_server import QuartetServer
from llm.peer import Answer, Call, Fault, VendorPeer

FORMAL, CHATTY = "Answer formally.", "Answer like a friend."
# Six seconds, then "over.": time to reload in its middle.
SLOW = [*(f"word{n} " for n in range(60)), "over."]
# The colours are those of the scheme, and nothing is on its way any more.
SETTLED = """scheme => document.documentElement.dataset.mantineColorScheme === scheme
  && document.getAnimations().every((each) => each.playState === "finished")"""
SIDEWAYS = """() => [...document.querySelectorAll("*")].filter((element) => {
  const flows = ["auto", "scroll"].includes(getComputedStyle(element).overflowY);
  return (element === document.documentElement || flows) && element.scrollWidth > element.clientWidth;
}).map((element) => `${element.tagName} ${element.className}`)"""


def system(call: Call) -> str:
    first = call.json["messages"][0]
    return first["content"] if first["role"] == "system" else ""


def saying(**by_style: Answer) -> Callable[[Call], Answer]:
    """Answer by the style of the prompt, and whoever wants a title with one."""

    def answer(call: Call) -> Answer:
        prompt = system(call)
        if prompt.startswith("Write a title"):
            return Answer(deltas=["A launch"])
        return by_style["formal"] if FORMAL in prompt else by_style["chatty"]

    return answer


def of_style(vendor: VendorPeer, content: str) -> list[Call]:
    return [call for call in vendor.calls if content in system(call)]


def answer(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=f"Answer {name}")


def kept(page: Page) -> Locator:
    """The answers of the chat, which are none of those two."""
    return page.get_by_role("article", name="Answer", exact=True)


def prompt(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=f"Prompt {name}")


def better(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"{name} is better")


async def compare(page: Page, question: str = QUESTION) -> None:
    """Ask it of "Formal" and of "Chatty"."""
    await page.get_by_role("button", name="Formal").first.click()
    await menu(page, "Compare two prompts")
    await page.get_by_role("option", name="Chatty").click()
    await expect(prompt(page, "B").get_by_role("button", name="Preset: Chatty")).to_be_visible()
    await ask(page, question)


@pytest.fixture
async def writer(page: Page, quartet: QuartetServer) -> Page:
    """A page of somebody who has a role, two styles, and a preset with each of these."""
    await member(page, quartet.address)
    role = await _part(page, quartet, "role", "Clerk", "You work in a shop.")
    for name, content in (("Formal", FORMAL), ("Chatty", CHATTY)):
        style = await _part(page, quartet, "style", f"{name} style", content)
        slots = {"roleId": role, "styleId": style}
        await post(page, f"{quartet.address}/api/presets", {"name": name} | slots)
    await page.goto(quartet.address)
    await expect(page.get_by_role("button", name="Formal").first).to_be_visible()
    return page


async def _part(page: Page, quartet: QuartetServer, kind: str, name: str, content: str) -> str:
    body = {"type": kind, "name": name, "content": content}
    return (await post(page, f"{quartet.address}/api/components", body))["id"]


async def test_two_presets_answer_side_by_side_and_the_better_answer_stays(writer: Page, vendor: VendorPeer):
    vendor.script(
        saying(formal=Answer(deltas=["Dear customer, ", *SLOW], pace=0.1), chatty=Answer(deltas=["Hey you!"]))
    )
    await compare(writer)
    await expect(answer(writer, "B")).to_contain_text("Hey you!")
    await expect(answer(writer, "A")).to_contain_text("Dear customer, word0 word1")
    await expect(answer(writer, "A").get_by_role("group", name="Receipt")).to_contain_text("Formal style v1")
    await expect(answer(writer, "B").get_by_role("group", name="Receipt")).to_contain_text("Chatty style v1")
    first, second = [await answer(writer, name).bounding_box() for name in "AB"]
    assert first
    assert second
    assert first["y"] == second["y"], "they stand side by side"

    # A reload in the middle goes on where it was, and asks nobody again.
    chat = await chat_opened(writer)
    await writer.reload()
    await expect(answer(writer, "A")).to_contain_text("Dear customer, word0 word1")
    await expect(better(writer, "A")).to_be_disabled()
    assert not of_style(vendor, FORMAL)[0].finished.is_set(), "the answer was shown only when it was over"
    await expect(writer.get_by_text("Both answers are here")).to_be_visible()
    await expect(answer(writer, "A")).to_contain_text("over.")
    assert len(of_style(vendor, FORMAL)) == len(of_style(vendor, CHATTY)) == 1

    # Nothing is asked before one is picked; after that the chat speaks with its prompt.
    await message_field(writer).fill("And then?")
    await expect(writer.get_by_role("button", name="Send")).to_be_disabled()
    await better(writer, "B").click()
    await expect(writer.get_by_text("Answer B stays")).to_be_visible()
    for _ in range(2):
        await expect(kept(writer)).to_have_count(1)
        await expect(kept(writer)).to_contain_text("Hey you!")
        await expect(receipt(writer)).to_contain_text("Chatty")
        await expect(writer.get_by_role("button", name="Preset: Chatty")).to_be_visible()
        await writer.goto(chat)
    await expect(message_field(writer)).to_have_value("And then?")
    await message_field(writer).press("Enter")
    await expect(kept(writer)).to_have_count(2)
    await expect(kept(writer).last).to_contain_text("Hey you!")
    said = of_style(vendor, CHATTY)[-1].json["messages"][1:]
    assert [message["content"] for message in said] == [QUESTION, "Hey you!", "And then?"]


async def test_one_part_swapped_on_a_phone(writer: Page, vendor: VendorPeer):
    vendor.script(saying(formal=Answer(deltas=["Dear customer."]), chatty=Answer(deltas=["Hey you!"])))
    await writer.set_viewport_size({"width": 360, "height": 740})
    await writer.get_by_role("button", name="Formal").first.click()
    await menu(writer, "Compare two prompts")
    await writer.keyboard.press("Escape")
    await expect(writer.get_by_text("A and B are the same so far")).to_be_visible()
    await prompt(writer, "B").get_by_role("button", name="Style: Formal style").click()
    await writer.get_by_role("option", name="Chatty style").click()
    await expect(prompt(writer, "B").get_by_role("button", name="Preset: Formal, changed")).to_be_visible()
    assert await writer.evaluate(SIDEWAYS) == []
    await ask(writer)
    await expect(writer.get_by_text("Both answers are here")).to_be_visible()
    first, second = [await answer(writer, name).bounding_box() for name in "AB"]
    assert first
    assert second
    assert second["y"] >= first["y"] + first["height"], "they stand one above the other"
    assert await writer.evaluate(SIDEWAYS) == []
    await better(writer, "A").click()
    await expect(kept(writer)).to_contain_text("Dear customer.")
    await expect(writer.get_by_role("button", name="Style: Formal style")).to_be_visible()


async def test_stopping_ends_both_and_either_can_be_picked(writer: Page, vendor: VendorPeer):
    endless = Answer(deltas=[f"word{n} " for n in range(600)], pace=0.1)
    vendor.script(saying(formal=endless, chatty=endless))
    await compare(writer)
    for name in "AB":
        await expect(answer(writer, name)).to_contain_text("word2")
    await writer.get_by_role("button", name="Stop both answers").click()
    for call in (*of_style(vendor, FORMAL), *of_style(vendor, CHATTY)):
        assert await asyncio.to_thread(call.disconnected.wait, 10), "the vendor went on, at the owner's cost"
    for name in "AB":
        await expect(answer(writer, name)).to_contain_text("You stopped this answer.")
    await writer.reload()
    await better(writer, "A").click()
    await expect(kept(writer)).to_contain_text("word2")
    await expect(kept(writer)).to_contain_text("You stopped this answer.")


async def test_an_answer_that_fails_is_told_beside_the_other(writer: Page, vendor: VendorPeer):
    vendor.script(saying(formal=Answer(fault=Fault.ERROR, after=0), chatty=Answer(deltas=["Hey you!"])))
    await compare(writer)
    await expect(answer(writer, "A")).to_contain_text("This answer failed.")
    await expect(answer(writer, "B")).to_contain_text("Hey you!")
    await expect(better(writer, "A")).to_be_disabled()
    vendor.script(saying(formal=Answer(deltas=["Dear customer."]), chatty=Answer(deltas=["Hey again!"])))
    await writer.get_by_role("button", name="Compare again").click()
    await expect(answer(writer, "A")).to_contain_text("Dear customer.")
    await expect(answer(writer, "B")).to_contain_text("Hey again!")
    await writer.get_by_role("button", name="Neither: answer once more").click()
    await finished(writer)
    await expect(answer(writer, "A")).to_be_hidden()
    await expect(kept(writer)).to_have_count(1)
    await expect(kept(writer)).to_contain_text("Dear customer.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_where_two_are_compared(
    writer: Page, vendor: VendorPeer, npm_packages: Path, scheme: Literal["light", "dark"]
):
    vendor.script(saying(formal=Answer(deltas=["Dear customer."]), chatty=Answer(deltas=["Hey you!"])))
    await writer.emulate_media(color_scheme=scheme)
    await writer.evaluate((npm_packages / "axe-core/axe.min.js").read_text())

    async def broken(*, region: bool = True) -> list[str]:
        await writer.wait_for_function(SETTLED, arg=scheme)
        rules = {"region": {"enabled": region}}
        found = await writer.evaluate("rules => axe.run({ resultTypes: ['violations'], rules })", rules)
        return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]

    await message_field(writer).press("Control+/")
    await expect(writer.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert await broken() == []
    await writer.keyboard.press("Escape")
    await writer.get_by_role("button", name="Attach, compare, shortcuts").click()
    await expect(writer.get_by_role("menuitem").first).to_be_visible()
    # What floats above the page is in no landmark, and is not to be.
    assert await broken(region=False) == []
    await writer.keyboard.press("Escape")
    await writer.locator("input[type=file]").set_input_files([a_picture("shop.png")])
    await expect(writer.get_by_role("img", name="shop.png")).to_be_visible()
    await compare(writer)
    await expect(writer.get_by_text("Both answers are here")).to_be_visible()
    await expect(writer.get_by_role("heading", level=1)).to_be_visible()
    assert await broken() == []


async def take(page: Page, text: str, row: str) -> None:
    """Type into what has the focus, and take the row that is marked then."""
    await page.keyboard.type(text)
    await expect(page.locator("[data-combobox-selected]")).to_contain_text(row)
    await page.keyboard.press("Enter")


async def shows(page: Page, name: str) -> None:
    """Wait for a chip; the focus is back in the message then."""
    await expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    await expect(message_field(page)).to_be_focused()


async def test_a_prompt_is_mixed_and_saved_without_a_mouse(writer: Page):
    press = writer.keyboard.press
    await expect(message_field(writer)).to_be_focused()
    await take(writer, "/preset form", "Formal")
    await shows(writer, "Preset: Formal")
    await press("Alt+2")
    await take(writer, "chat", "Chatty style")
    await shows(writer, "Preset: Formal, changed")
    await take(writer, "/preset", "Choose a preset")
    await take(writer, "back", "Back to “Formal”")
    await shows(writer, "Preset: Formal")
    await press("Alt+1")
    await expect(writer.get_by_role("option", name="None")).to_be_visible()
    await press("ArrowUp")  # from what is picked to what empties the slot
    await take(writer, "", "None")
    await shows(writer, "Preset: Formal, changed")

    await take(writer, "/preset", "Choose a preset")
    await take(writer, "save", "Save this mix as a preset")
    await expect(writer.get_by_role("dialog", name="Save this mix as a preset")).to_be_visible()
    await writer.keyboard.type("Only formal")
    await press("Enter")
    await shows(writer, "Preset: Only formal")


async def test_two_prompts_are_compared_without_a_mouse(writer: Page, vendor: VendorPeer):
    vendor.script(saying(formal=Answer(deltas=["Dear customer."]), chatty=Answer(deltas=["Hey you!"])))
    press = writer.keyboard.press
    await expect(message_field(writer)).to_be_focused()
    await take(writer, "/formal", "Formal")
    await shows(writer, "Preset: Formal")
    await take(writer, "/compare", "Compare two prompts")
    await take(writer, "chat", "Chatty")
    await shows(writer, "Preset: Chatty")
    await press("Alt+5")
    await expect(writer.get_by_role("option", name="None")).to_be_visible()
    await press("ArrowUp")
    await take(writer, "", "None")
    await shows(writer, "Preset: Chatty, changed")
    await writer.keyboard.type("Hello?")
    await press("Enter")
    await expect(writer.get_by_text("Both answers are here")).to_be_visible()
    await press("Alt+B")
    await expect(kept(writer)).to_contain_text("Hey you!")
    await shows(writer, "Preset: Chatty, changed")
    asked = {system(call) for call in vendor.calls}
    assert asked >= {f"# Role\n\nYou work in a shop.\n\n# Style\n\n{FORMAL}", f"# Style\n\n{CHATTY}"}
