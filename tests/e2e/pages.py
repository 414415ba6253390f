"""What people do on the pages, and what they see there; by roles and labels, as assistive technology finds them."""

from collections.abc import Callable
from uuid import uuid4

from playwright.async_api import FilePayload, Locator, Page, expect

from llm.peer import Answer, Call, VendorPeer
from people import PASSWORD
from pictures import a_png

QUESTION = "How do I plan a launch?"


async def member(page: Page, address: str) -> str:
    """Make an account and sign in with it, behind the page's back; return its e-mail address."""
    email = f"{uuid4().hex[:12]}@example.com"
    await post(page, f"{address}/api/auth/register", {"email": email, "password": PASSWORD})
    return email


async def part(page: Page, address: str, kind: str, content: str) -> str:
    """Make a component "My role" (style, ...); return its id."""
    body = {"type": kind, "name": f"My {kind}", "content": content}
    return (await post(page, f"{address}/api/components", body))["id"]


async def preset(page: Page, address: str, **contents: str) -> None:
    """Make the preset "Launch" of new components: `preset(page, address, role="You tutor.")`."""
    slots = {f"{kind}Id": await part(page, address, kind, content) for kind, content in contents.items()}
    await post(page, f"{address}/api/presets", {"name": "Launch", "description": "For a new product."} | slots)


async def post(page: Page, url: str, body: dict[str, str]) -> dict[str, str]:
    answer = await page.context.request.post(url, data=body)
    assert answer.ok, await answer.text()
    return await answer.json()


def is_for_a_title(call: Call) -> bool:
    """Say whether the vendor was asked to name a chat, which happens beside what people ask."""
    return str(call.json["messages"][0]["content"]).startswith("Write a title")


def questions_to(vendor: VendorPeer) -> list[Call]:
    """Return what people asked, in order."""
    return [call for call in vendor.calls if not is_for_a_title(call)]


def saying(*said: Answer, title: str = "A plan for Ghent") -> Callable[[Call], Answer]:
    """Answer questions with these, the last one for all that follow, and whoever wants a title with the title."""
    left = list(said)

    def answer(call: Call) -> Answer:
        if is_for_a_title(call):
            return Answer(deltas=[title])
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


def message_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your message")


def answers(page: Page) -> Locator:
    return page.get_by_role("article", name="Answer")


def receipt(page: Page) -> Locator:
    return page.get_by_role("group", name="Receipt")


async def ask(page: Page, question: str = QUESTION) -> None:
    await message_field(page).fill(question)
    await page.get_by_role("button", name="Send").click()


async def finished(page: Page) -> None:
    """Wait for the end of an answer: only then it can be copied."""
    await expect(page.get_by_role("button", name="Copy the answer")).to_be_visible(timeout=20_000)


async def chat_opened(page: Page) -> str:
    """Wait until a new chat has its own address; return that."""
    await page.wait_for_url("**/chat/*")
    return page.url


def questions(page: Page) -> Locator:
    return page.get_by_role("article", name="You")


def stop(page: Page) -> Locator:
    return page.get_by_role("button", name="Stop the answer")


async def over(page: Page, text: str) -> None:
    """Wait for the end of an answer that says this."""
    await expect(answers(page).last).to_contain_text(text)
    await expect(stop(page)).to_be_hidden()


async def menu(page: Page, item: str) -> None:
    await page.get_by_role("button", name="Attach, compare, shortcuts").click()
    await page.get_by_role("menuitem", name=item).click()


def a_picture(name: str) -> FilePayload:
    """A PNG to choose."""
    return {"name": name, "mimeType": "image/png", "buffer": a_png()}
