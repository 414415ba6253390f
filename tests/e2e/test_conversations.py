"""What people do with what was said: follow it, stop it, ask again, edit, look behind it, share it, find it."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from e2e.pages import (
    QUESTION,
    answers,
    ask,
    chat_opened,
    finished,
    member,
    message_field,
    over,
    part,
    questions,
    questions_to,
    saying,
    stop,
)
from e2e.quartet_server import QuartetServer
from llm.peer import Answer, VendorPeer

# Eight seconds, then "over.": time to leave, and to come back.
LONG = Answer(deltas=[*(f"word{n} " for n in range(80)), "over."], pace=0.1)
ENDLESS = Answer(deltas=[f"word{n} " for n in range(600)], pace=0.1)
# The colours are those of the scheme, and nothing is on its way any more.
SETTLED = """scheme => document.documentElement.dataset.mantineColorScheme === scheme
  && document.getAnimations().every((each) => each.playState === "finished")"""


async def words(page: Page) -> list[str]:
    return re.findall(r"\bword\d+\b", " ".join(await answers(page).all_inner_texts()))


@pytest.fixture
async def newcomer(page: Page, quartet: QuartetServer) -> Page:
    """A page of somebody with an account, on a chat that is yet to begin."""
    await member(page, quartet.address)
    await page.goto(quartet.address)
    return page


async def test_a_reload_in_the_middle_goes_on_from_the_first_word(newcomer: Page, vendor: VendorPeer):
    vendor.script(saying(LONG))
    await ask(newcomer)
    await expect(answers(newcomer)).to_contain_text("word9 ")
    await chat_opened(newcomer)
    await newcomer.reload()
    await expect(answers(newcomer)).to_contain_text("word0 word1")
    await expect(stop(newcomer)).to_be_visible()
    assert not questions_to(vendor)[0].finished.is_set(), "the answer was shown only when it was over"
    await over(newcomer, "over.")
    assert await words(newcomer) == [f"word{n}" for n in range(80)]
    assert len(questions_to(vendor)) == 1


async def test_a_question_of_one_tab_is_answered_in_the_other_too(newcomer: Page, vendor: VendorPeer):
    vendor.script(saying(Answer(), LONG))
    await ask(newcomer)
    await finished(newcomer)
    second = await newcomer.context.new_page()
    await second.goto(await chat_opened(newcomer))
    await expect(answers(second)).to_have_text(re.compile("Hello, world"))
    await ask(newcomer, "And then?")
    await expect(questions(second).last).to_have_text("And then?")
    await expect(answers(second).last).to_contain_text("word5 ")
    assert not questions_to(vendor)[1].finished.is_set()
    await over(second, "over.")
    await over(newcomer, "over.")
    await expect(answers(second)).to_have_count(2)
    await expect(answers(newcomer)).to_have_count(2)
    assert len(questions_to(vendor)) == 2


async def test_a_stopped_answer_can_be_asked_for_again(newcomer: Page, vendor: VendorPeer):
    vendor.script(saying(ENDLESS, Answer(deltas=["All ", "of it."])))
    await ask(newcomer)
    await expect(answers(newcomer)).to_contain_text("word2 ")
    await stop(newcomer).click()
    await expect(newcomer.get_by_text("You stopped this answer.")).to_be_visible()
    assert questions_to(vendor)[0].disconnected.wait(10), "the vendor went on, at the owner's cost"
    await newcomer.get_by_role("button", name="Try again").click()
    await over(newcomer, "All of it.")
    await newcomer.reload()
    await expect(answers(newcomer)).to_have_count(1)
    await expect(answers(newcomer)).to_contain_text("All of it.")
    await expect(questions(newcomer)).to_have_count(1)


async def test_another_answer_takes_the_place_of_the_last(newcomer: Page, vendor: VendorPeer):
    vendor.script(saying(Answer(deltas=["First."]), Answer(deltas=["Second."])))
    await ask(newcomer)
    await finished(newcomer)
    await newcomer.get_by_role("button", name="Answer again").click()
    await over(newcomer, "Second.")
    for _ in range(2):
        await expect(answers(newcomer)).to_have_count(1)
        await expect(answers(newcomer)).to_contain_text("Second.")
        await newcomer.reload()
    first, second = questions_to(vendor)
    assert first.json["messages"] == second.json["messages"]


async def test_an_edited_question_takes_the_place_of_all_after_it(newcomer: Page, vendor: VendorPeer):
    vendor.script(saying(Answer(deltas=["First."]), Answer(deltas=["Second."]), Answer(deltas=["Third."])))
    await ask(newcomer, "Plan a launch")
    await finished(newcomer)
    await ask(newcomer, "And then?")
    await over(newcomer, "Second.")
    await newcomer.get_by_role("button", name="Edit the question").first.focus()
    await newcomer.keyboard.press("Enter")
    await expect(newcomer.get_by_role("textbox", name="Your question")).to_be_focused()
    await newcomer.keyboard.type(" of nothing")
    await newcomer.keyboard.press("Escape")
    await expect(questions(newcomer)).to_have_text(["Plan a launch", "And then?"])
    await expect(newcomer.get_by_role("button", name="Edit the question").first).to_be_focused()
    await newcomer.keyboard.press("Enter")
    await expect(newcomer.get_by_role("textbox", name="Your question")).to_be_focused()
    await newcomer.keyboard.type(" of a bicycle")
    await expect(newcomer.get_by_text("Sending removes the 3 messages below.")).to_be_visible()
    await newcomer.keyboard.press("Enter")
    await over(newcomer, "Third.")
    for _ in range(2):
        await expect(questions(newcomer)).to_have_text(["Plan a launch of a bicycle"])
        await expect(answers(newcomer)).to_have_count(1)
        await newcomer.reload()
    assert questions_to(vendor)[2].json["messages"] == [{"role": "user", "content": "Plan a launch of a bicycle"}]


async def test_a_switched_part_is_marked_and_every_answer_knows_its_prompt(
    page: Page, quartet: QuartetServer, vendor: VendorPeer
):
    vendor.script(saying(Answer(deltas=["First."]), Answer(deltas=["Second."]), Answer(deltas=["Third."])))
    await member(page, quartet.address)
    await part(page, quartet.address, "role", "You sell bicycles.")
    style = await part(page, quartet.address, "style", "Answer in sixty words.")
    await page.goto(quartet.address)
    for name in ("Role: none", "Style: none"):
        await page.get_by_role("button", name=name).click()
        await page.get_by_role("option", name=f"My {name.split(':')[0].lower()}").click()
    await ask(page)
    await finished(page)
    await page.get_by_role("button", name="Role: My role").click()
    await page.get_by_role("option", name="None").click()
    await expect(page.get_by_role("note")).to_have_text(re.compile("From the next answer on:.*Role: My role → none"))
    await ask(page, "And then?")
    await over(page, "Second.")
    await expect(page.get_by_role("note")).to_have_text("Role: My role → none")

    # The part changes, and what was said with it stays as it was.
    change = await page.context.request.patch(
        f"{quartet.address}/api/components/{style}", data={"content": "Answer in ninety words."}
    )
    assert change.ok
    await page.reload()
    await expect(page.get_by_role("note")).to_have_text("Role: My role → none")
    await page.get_by_role("button", name="Which prompt said this?").last.click()
    panel = page.get_by_role("dialog", name="Which prompt said this?")
    await expect(panel.get_by_text("# Style\n\nAnswer in sixty words.", exact=True)).to_be_visible()
    await expect(panel.get_by_text("now version 2")).to_be_visible()
    await panel.get_by_role("button", name="Changes since the answer before").click()
    await expect(panel.locator("del")).to_contain_text("You sell bicycles.")
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(page.get_by_role("button", name="Which prompt said this?").last).to_be_focused()
    await take_up_again(page, panel)
    system = questions_to(vendor)[2].json["messages"][0]["content"]
    assert system == "# Role\n\nYou sell bicycles.\n\n# Style\n\nAnswer in ninety words."


async def take_up_again(page: Page, panel: Locator) -> None:
    """Go on with the first answer's prompt."""
    await page.get_by_role("button", name="Which prompt said this?").first.click()
    await panel.get_by_role("button", name="Use this again").click()
    await expect(page.get_by_role("button", name="Role: My role")).to_be_visible()
    await ask(page, "Once more")
    await over(page, "Third.")
    await expect(page.get_by_role("note").last).to_contain_text("Role: none → My role")


async def test_a_shared_chat_is_read_by_anyone_until_it_is_private_again(
    newcomer: Page, quartet: QuartetServer, chromium: Browser, vendor: VendorPeer
):
    vendor.script(saying(Answer()))
    await part(newcomer, quartet.address, "role", "You sell bicycles.")
    await newcomer.get_by_role("button", name="Role: none").click()
    await newcomer.get_by_role("option", name="My role").click()
    await ask(newcomer)
    await finished(newcomer)
    address = await chat_opened(newcomer)
    stranger = await (await chromium.new_context()).new_page()
    await stranger.goto(address)
    await expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()

    await newcomer.get_by_role("button", name="Share").click()
    await newcomer.get_by_role("radio", name="Anyone with the link").check()
    await expect(newcomer.get_by_label("Link to this chat")).to_have_value(address)
    await stranger.goto(address)
    await expect(questions(stranger)).to_have_text(QUESTION)
    await expect(answers(stranger)).to_contain_text("Hello, world")
    await expect(stranger.get_by_text("It can be read, not continued.")).to_be_visible()
    await expect(stranger.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
    await expect(message_field(stranger)).to_be_hidden()
    await expect(stranger.get_by_text("My role")).to_be_hidden()
    await expect(stranger.get_by_role("button", name="Good answer")).to_be_hidden()

    await newcomer.get_by_role("radio", name="Private").check()
    await expect(newcomer.get_by_label("Link to this chat")).to_be_hidden()
    await stranger.reload()
    await expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
    await stranger.context.close()


async def test_a_vote_is_kept_and_a_better_title_comes_by_itself(newcomer: Page, vendor: VendorPeer):
    vendor.script(saying(Answer(), title="Bicycles for Ghent"))
    await ask(newcomer)
    await finished(newcomer)
    await expect(newcomer.get_by_role("heading", level=1)).to_have_text("Bicycles for Ghent", timeout=20_000)
    await expect(newcomer.get_by_role("link", name="Bicycles for Ghent")).to_be_visible()
    await newcomer.get_by_role("button", name="Good answer").click()
    good = newcomer.get_by_role("button", name="Good answer", pressed=True)
    await expect(good).to_be_visible()
    await newcomer.reload()
    await expect(good).to_be_visible()


async def test_chats_are_found_by_what_was_said_renamed_and_deleted(newcomer: Page, vendor: VendorPeer):
    vendor.script(saying(Answer(deltas=["It is the élan of the ", "bicycle."]), title="."))
    await ask(newcomer)
    await finished(newcomer)
    await chat_opened(newcomer)
    search = newcomer.get_by_label("Search your chats")
    await search.fill("ELAN of")
    found = newcomer.get_by_role("navigation", name="Chats").locator("mark")
    await expect(found).to_have_text("élan of")
    await search.press("Escape")
    await newcomer.get_by_role("button", name="More for this chat").click()
    await newcomer.get_by_role("menuitem", name="Rename").click()
    await newcomer.get_by_label("Title").fill("Momentum")
    await newcomer.keyboard.press("Enter")
    await expect(newcomer.get_by_role("heading", level=1)).to_have_text("Momentum")
    await newcomer.get_by_role("button", name="More for this chat").click()
    async with newcomer.expect_download() as loading:
        await newcomer.get_by_role("menuitem", name="Export as Markdown").click()
    saved = await loading.value
    assert saved.suggested_filename == "Momentum.md"
    assert "It is the élan of the bicycle." in (await saved.path()).read_text(encoding="utf-8")
    await newcomer.get_by_role("button", name="More for your chats").click()
    await newcomer.get_by_role("menuitem", name="Delete all chats").click()
    await newcomer.get_by_role("button", name="Delete all", exact=True).click()
    await expect(newcomer.get_by_text("Your chats will be kept here.")).to_be_visible()
    await expect(newcomer.get_by_role("heading", name="What is on your mind?")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
async def test_axe_finds_nothing_behind_an_answer_either(
    newcomer: Page, quartet: QuartetServer, chromium: Browser, vendor: VendorPeer, npm_packages: Path, width: int
):
    vendor.script(saying(Answer(reasoning=["It wants a plan."], deltas=["# A plan\n\nDo it."])))
    await part(newcomer, quartet.address, "role", "You sell bicycles.")
    await newcomer.set_viewport_size({"width": width, "height": 740})
    await newcomer.get_by_role("button", name="Role: none").click()
    await newcomer.get_by_role("option", name="My role").click()
    await ask(newcomer)
    await finished(newcomer)
    address = await chat_opened(newcomer)
    axe = (npm_packages / "axe-core/axe.min.js").read_text()

    await newcomer.get_by_role("button", name="Edit the question").click()
    await without_fault(newcomer, axe)
    await newcomer.keyboard.press("Escape")
    await newcomer.get_by_role("button", name="Which prompt said this?").click()
    await expect(newcomer.get_by_role("dialog").get_by_text("You sell bicycles.")).to_be_visible()
    await without_fault(newcomer, axe)
    await newcomer.keyboard.press("Escape")
    await newcomer.get_by_role("button", name="Share").click()
    await newcomer.get_by_role("radio", name="Anyone with the link").check()
    await expect(newcomer.get_by_label("Link to this chat")).to_be_visible()
    await without_fault(newcomer, axe)
    context = await chromium.new_context(viewport={"width": width, "height": 740})
    stranger = await context.new_page()
    await stranger.goto(address)
    await expect(answers(stranger)).to_contain_text("Do it.")
    await without_fault(stranger, axe)
    await context.close()


async def without_fault(page: Page, axe: str) -> None:
    await page.evaluate(axe)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await page.wait_for_function(SETTLED, arg=scheme)
        found = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
        told = [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]
        assert told == []
