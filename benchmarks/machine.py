"""What the times were taken on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("numpy", "scipy", "pandas", "pymare", "statsmodels", "pyarrow", "distributed")


def machine() -> str:
    """Processor, cores, memory, system and versions, a line each."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    lines = [
        f"{_processor()}, {os.cpu_count()} cores, {pages / 1024**3:.0f} GB, {platform.system()}",
        f"Python {platform.python_version()}, " + ", ".join(f"{name} {_version(name)}" for name in LIBRARIES),
        _r(),
    ]
    return "\n".join(line for line in lines if line)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _r() -> str:
    """R's and its packages' versions, empty without R."""
    program = shutil.which("Rscript")
    if program is None:
        return ""
    code = (
        "v <- function(p) if (requireNamespace(p, quietly = TRUE)) as.character(packageVersion(p)) else 'absent';"
        "cat(R.version.string, 'metafor', v('metafor'), 'meta', v('meta'), 'lme4', v('lme4'), sep = ' ')"
    )
    done = subprocess.run([program, "--vanilla", "-e", code], capture_output=True, encoding="utf-8", check=False)
    return done.stdout.strip()
