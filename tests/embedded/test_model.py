"""The local model: a real llama.cpp with real (small) weights, asked through the vendor's own client."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from openai import AsyncOpenAI

from embedded.processes import eventually, has_ended, running
from quartet.embedded import runtime
from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.model import LocalModel

AN_APP = """
import asyncio, sys
from pathlib import Path
from quartet.embedded.model import LocalModel

async def main():
    model = LocalModel(Path(sys.argv[1]))
    await model.start(Path(sys.argv[2]))
    if "loading" not in sys.argv:
        await model.wait_ready()
    while "loading" in sys.argv and not (Path(sys.argv[1]) / "model-server" / "status.json").exists():
        await asyncio.sleep(0.01)
    print(model.state, model.base_url, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
async def model(tmp_path: Path) -> AsyncIterator[LocalModel]:
    model = LocalModel(tmp_path)
    yield model
    await model.stop()


@pytest.fixture
async def another(tmp_path: Path) -> AsyncIterator[LocalModel]:
    """The same data folder's, as another worker would have it."""
    model = LocalModel(tmp_path)
    yield model
    await model.stop()


def model_processes(gguf: Path, parent: int | None = None) -> list[psutil.Process]:
    return [
        process
        for process in running(gguf)
        if "quartet.embedded.model_child" in process.cmdline() and process.ppid() == (parent or os.getpid())
    ]


async def answer(model: LocalModel) -> str:
    async with AsyncOpenAI(base_url=model.base_url, api_key=model.api_key, max_retries=0) as client:
        answered = await client.chat.completions.create(
            model="local", messages=[{"role": "user", "content": "Say hello."}], max_tokens=12
        )
    assert answered.usage
    assert answered.usage.prompt_tokens > 0
    return answered.choices[0].message.content or ""


async def ready(model: LocalModel) -> None:
    async with asyncio.timeout(30):
        await model.wait_ready()


async def until(model: LocalModel, state: str) -> None:
    async with asyncio.timeout(30):
        while model.state != state:  # noqa: ASYNC110 -- there is no event for the ways down
            await asyncio.sleep(0.05)


async def test_it_answers_the_openai_client(model, smollm2):
    assert model.state == "off"
    with pytest.raises(EmbeddedFailed, match="off"):
        await model.wait_ready()
    await model.start(smollm2)
    assert model.state == "starting"
    await ready(model)
    assert (model.state, model.name) == ("ready", "smollm2-135m")
    assert model.context_window in {4096, 8192}
    assert model.base_url.startswith("http://127.0.0.1:")
    assert model.base_url.endswith("/v1")
    assert await answer(model)
    async with AsyncOpenAI(base_url=model.base_url, api_key="guessed", max_retries=0) as stranger:
        with pytest.raises(Exception, match="Invalid API Key"):
            await stranger.models.retrieve("local")

    (process,) = model_processes(smollm2)
    assert model.api_key not in " ".join([*process.cmdline(), *process.environ().values()])
    await model.stop()
    assert model.state == "off"
    assert not process.is_running()
    with pytest.raises(EmbeddedFailed, match="off"):
        await model.wait_ready()


async def test_a_process_that_dies_is_started_anew(model, smollm2):
    await model.start(smollm2)
    await ready(model)
    (first,) = model_processes(smollm2)
    first.kill()
    await until(model, "starting")
    await ready(model)
    (second,) = model_processes(smollm2)
    assert second.pid != first.pid
    assert await answer(model)


async def test_one_process_serves_all_who_share_a_data_folder(model, another, smollm2):
    await model.start(smollm2)
    await ready(model)
    await another.start(smollm2)
    await ready(another)
    assert (another.base_url, another.api_key) == (model.base_url, model.api_key)
    assert len(model_processes(smollm2)) == 1

    await another.stop()
    assert await answer(model), "it was not another's to stop"
    await another.start(smollm2)
    await ready(another)
    (first,) = model_processes(smollm2)
    await model.stop()
    await until(another, "starting")
    await ready(another)
    (second,) = model_processes(smollm2)
    assert second.pid != first.pid
    assert await answer(another)


async def test_switching_is_for_all_who_share_a_data_folder(model, another, smollm2, tmp_path):
    other = tmp_path / "other.gguf"
    other.symlink_to(smollm2)
    await model.start(smollm2)
    await ready(model)
    await another.start(smollm2)
    await ready(another)
    await another.switch(other)
    assert another.state == "starting"
    await ready(another)
    await until(model, "ready")
    assert (model.name, another.name) == ("other", "other")
    assert model.base_url == another.base_url
    assert await answer(model)


async def test_a_file_that_is_no_model_is_said_and_another_tried(model, smollm2, tmp_path):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(1000))
    await model.start(broken)
    with pytest.raises(EmbeddedFailed, match=r"broken\.gguf cannot be loaded as a model"):
        await ready(model)
    assert (model.state, model.name) == ("failed", "broken")
    await model.switch(smollm2)
    await ready(model)
    assert model.name == "smollm2-135m"


async def test_a_process_that_keeps_dying_is_given_up(model, smollm2):
    """Five deaths in a row, with growing pauses between them: about eight seconds."""
    await model.start(smollm2)
    async with asyncio.timeout(40):
        while model.state != "failed":
            for process in model_processes(smollm2):
                process.kill()
            await asyncio.sleep(0.05)
    assert "died 5 times" in (model.reason or "")
    await model.switch(smollm2)
    await ready(model)


@pytest.mark.parametrize("when", ["ready", "loading"])
def test_it_dies_with_a_killed_app(smollm2, tmp_path, when, python):
    app = python(AN_APP, tmp_path, smollm2, when)
    assert app.stdout
    told = app.stdout.readline().split()
    assert told[0] == {"ready": "ready", "loading": "starting"}[when]
    if when == "loading":
        eventually(lambda: bool(model_processes(smollm2, app.pid)))
    (process,) = model_processes(smollm2, app.pid)
    assert os.getpgid(process.pid) not in {os.getpgid(0), os.getpgid(app.pid)}, "Ctrl-C would reach it"
    app.kill()
    app.communicate()
    eventually(lambda: has_ended(process))


@pytest.mark.parametrize(
    ("flags", "has"), [("fpu sse4_2 avx avx2 bmi2", True), ("fpu sse4_2 avx", False), ("fpu avx512vnni", False)]
)
def test_avx2_is_read_from_the_processor(tmp_path, flags, has):
    listed = tmp_path / "cpuinfo"
    listed.write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: none\n")
    assert runtime.has_avx2(listed) is has


def test_this_machine_can_run_a_model():
    assert runtime.missing() is None


async def test_a_data_folder_that_cannot_be_written_is_said(model, smollm2, tmp_path):
    (tmp_path / "model-server").write_text("a file in the way")
    await model.start(smollm2)
    with pytest.raises(EmbeddedFailed, match="model-server"):
        await model.wait_ready()
    assert model.state == "failed"
