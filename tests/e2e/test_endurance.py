"""What was said stays said: closed tabs, stopped answers, a killed server."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from e2e.pages import QUESTION, answers, ask, chat_opened, finished, member, questions_to
from e2e.quartet_server import QuartetServer
from llm.peer import Answer, Call, VendorPeer

# Four seconds, then "over.": time to leave, and to come back.
LONG = Answer(deltas=[*(f"word{n} " for n in range(40)), "over."], pace=0.1)
# Long enough that nothing but a stop ends it.
ENDLESS = Answer(deltas=[f"word{n} " for n in range(600)], pace=0.1)


async def over(call: Call) -> None:
    """Wait until the vendor has said everything, or lost its reader."""
    assert await asyncio.to_thread(call.finished.wait, 20)


async def words(page: Page) -> int:
    """How many words of the script the answer on this page has; 0 while it is not there."""
    told = await answers(page).all_inner_texts()
    return len(re.findall(r"\bword\d+\b", " ".join(told)))


@pytest.fixture
async def asked(page: Page, quartet: QuartetServer, vendor: VendorPeer) -> str:
    """A page on which a long answer has begun; its address."""
    vendor.script(LONG)
    await member(page, quartet.address)
    await page.goto(quartet.address)
    await ask(page)
    await expect(answers(page)).to_contain_text("word1")
    return await chat_opened(page)


async def test_closing_the_tab_loses_nothing(page: Page, asked: str, vendor: VendorPeer):
    await page.close()
    await over(questions_to(vendor)[0])
    assert not questions_to(vendor)[0].disconnected.is_set()
    again = await page.context.new_page()
    await again.goto(asked)
    await expect(again.get_by_role("article", name="You")).to_have_text(QUESTION)
    await finished(again)
    assert await words(again) == 40
    await expect(answers(again)).to_contain_text("over.")


async def test_a_second_tab_hears_the_running_answer_from_its_beginning(page: Page, asked: str, vendor: VendorPeer):
    second = await page.context.new_page()
    await second.goto(asked)
    await expect(answers(second)).to_contain_text("word0 word1")
    assert not questions_to(vendor)[0].finished.is_set(), "the answer was shown only when it was over"
    await finished(second)
    await finished(page)
    assert await words(second) == await words(page) == 40
    assert len(questions_to(vendor)) == 1


async def test_stop_keeps_what_was_said(page: Page, quartet: QuartetServer, vendor: VendorPeer):
    vendor.script(ENDLESS)
    await member(page, quartet.address)
    await page.goto(quartet.address)
    await ask(page)
    await expect(answers(page)).to_contain_text("word2")
    await page.get_by_role("button", name="Stop the answer").click()
    await over(questions_to(vendor)[0])
    assert questions_to(vendor)[0].disconnected.is_set(), "the vendor went on, at the owner's cost"
    await expect(answers(page)).to_contain_text("You stopped this answer.")
    said = await words(page)
    assert 3 <= said < 600
    await page.reload()
    await expect(answers(page)).to_contain_text("You stopped this answer.")
    assert await words(page) == said


async def test_a_killed_server_loses_no_question_and_little_of_the_answer(
    page: Page, wheel: Path, vendor: VendorPeer, trouble: list[str]
):
    vendor.script(ENDLESS)
    settings = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": vendor.openai_url}
    async with QuartetServer(wheel, **settings) as server:
        await member(page, server.address)
        await page.goto(server.address)
        await ask(page)
        await expect(answers(page)).to_contain_text("word24")
        chat = await chat_opened(page)
        said = await words(page)
        await server.kill()
        await expect(page.get_by_text("Connection lost")).to_be_visible()
        await server.start()
        # The page that stayed open, and one that comes: within the lease of 15 seconds and one round of settling.
        second = await page.context.new_page()
        await second.goto(chat)
        await expect(second.get_by_role("article", name="You")).to_have_text(QUESTION)
        for tab in (page, second):
            await expect(tab.get_by_text("The server stopped while")).to_be_visible(timeout=25_000)
            # Ten words a second; written down at least once a second.
            assert await words(tab) >= said - 12
        assert len(questions_to(vendor)) == 1, "nobody asked again by himself"
    trouble.clear()  # a browser complains of a server that is gone
