"""A newcomer's first minutes: the demo account, a preset of it, and the real model on this machine."""

import re
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Error, Page, expect

from e2e.pages import answers, ask, receipt
from e2e.quartet_server import QuartetServer
from quartet import seed

WORDS = re.compile(r"\w+\W+\w+\W+\w+")


async def test_the_local_model_answers_with_a_preset_of_the_demo_account(page: Page, wheel: Path, smollm2: Path):
    async with QuartetServer(wheel, QUARTET_SEED="demo", QUARTET_LOCAL_MODEL=str(smollm2)) as server:
        await page.goto(server.address)
        await page.get_by_label("E-mail").fill(seed.EMAIL)
        await page.get_by_role("textbox", name="Password").fill(seed.PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        # It loads for some seconds; the page is to notice by itself when it is there.
        await expect(page.get_by_role("button", name="Model: smollm2-135m")).to_be_visible(timeout=30_000)
        await page.get_by_role("button", name="Preset: No preset").click()
        await page.get_by_role("option", name="Study Buddy").click()
        await ask(page, "Tell me about the sea.")

        text = answers(page).get_by_role("paragraph").first
        await expect(text).to_have_text(WORDS, timeout=30_000)
        with suppress(Error):  # left alone it may ramble for minutes; it may as well be over by now
            await page.get_by_role("button", name="Stop the answer").click(timeout=2_000)
        await expect(page.get_by_role("button", name="Copy the answer")).to_be_visible(timeout=30_000)
        await expect(receipt(page)).to_contain_text("Study Buddy")
        said = await text.inner_text()
        await page.reload()
        await expect(text).to_have_text(said)
        await expect(receipt(page)).to_contain_text("Study Buddy")
