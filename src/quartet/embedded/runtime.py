"""What the model runtime (llama.cpp, from the wheel `xllamacpp`) needs of a machine."""

import importlib.util
import os
import platform
from importlib import metadata
from pathlib import Path

import psutil

_ROOMY = 8 * 2**30  # bytes of memory above which two long conversations cost nobody anything
_MOST_THREADS = 8  # more only wait for each other: a small model is bound by memory, not by arithmetic

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_", "PYTHON", "OMP_", "KMP_", "GOMP_")


def missing() -> str | None:
    """Why this machine cannot run a local model, as a sentence; None where it can."""
    remedy = "Quartet runs without a local model; use a model provider's key, or a machine of your own that serves one."
    if importlib.util.find_spec("xllamacpp") is None:
        return f"The model runtime is not installed (the package's extra `embedded`). {remedy}"
    if platform.machine() == "x86_64" and not has_avx2(Path("/proc/cpuinfo")):
        return f"This machine's processor lacks AVX2, which the model runtime needs. {remedy}"
    return None


def environment() -> dict[str, str]:
    """What the model's process needs of ours (no keys, no database), and the OpenMP library beside the wheel.

    The wheel neither carries one nor runs without. LLVM's (`cmeel-libomp`) is taken even where GCC's is installed:
    both spin while they wait; beside one busy process on two cores GCC's fell from 97 to 8 tokens a second, LLVM's to
    36, and GCC's with a shorter spin to 32.
    """
    own = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
    try:
        library = Path(str(metadata.distribution("cmeel-libomp").locate_file("cmeel.prefix/lib")))
    except metadata.PackageNotFoundError:
        return {**own, "GOMP_SPINCOUNT": "1000"}
    searched = [str(library), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
    return {**own, "LD_LIBRARY_PATH": os.pathsep.join(searched)}


def threads() -> int:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_THREADS)


def context_window() -> int:
    """Tokens of one conversation: 8192 (524 MB for the default model), half of it (344 MB) on a small machine."""
    return 8192 if psutil.virtual_memory().total >= _ROOMY else 4096


def has_avx2(processors: Path) -> bool:
    """By Linux's own list of what the processor can do."""
    if not processors.exists():  # macOS: every one that runs a supported system has it
        return True
    return " avx2 " in f"{processors.read_text()} ".replace("\n", " ")
