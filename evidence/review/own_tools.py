"""The tools to appraise studies that a review declares for itself in review.toml: its own domains and items."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import Problem, near
from .appraisal_tools import TOOLS, Item, Tool
from .toml_reading import TomlFile

_KEYS = ("title", "version", "source", "letter", "designs", "items", "domains")
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_LETTER = re.compile(r"[A-Z]")
_LETTERS = "ABCDEFGHIJKLNOPQTUVWXYZ"
_ITEMS_MEND = 'write items = ["what is asked", ...], or [appraisal.NAME.domains] with domain = ["what is asked", ...]'


def read_tools(
    toml: TomlFile, declared: Mapping[str, Any], designs: tuple[str, ...], problems: list[Problem]
) -> dict[str, Tool]:
    """``[appraisal.<name>]`` of review.toml: name -> tool; problems are appended.

    Args:
        designs: Those that a study can have; a tool that names none is made for all of them.
    """
    tools: dict[str, Tool] = {}
    for name, given in declared.items():
        path = ("appraisal", name)
        if not isinstance(given, Mapping):
            mend = f"write [appraisal.{name}] with title and items"
            problems.append(toml.problem("not-a-table", path, f"{name} is {given!r}", mend))
        elif name in TOOLS:
            mend = "use it as it is, or give yours another name"
            problems.append(toml.problem("core-tool", path, f"{name} is a tool of evidence already", mend))
        elif not _NAME.fullmatch(name):
            mend = "use lower case letters, digits, - and _"
            problems.append(toml.problem("bad-name", path, f"{name!r} is not a name", mend))
        else:
            used = {one.items[0].code[0] for one in (*TOOLS.values(), *tools.values())}
            tool = _tool(toml, path, given, (used, designs), problems)
            if tool is not None:
                tools[name] = tool
    return tools


def _tool(
    toml: TomlFile,
    path: tuple[str, str],
    given: Mapping[str, Any],
    known: tuple[set[str], tuple[str, ...]],
    problems: list[Problem],
) -> Tool | None:
    used, designs = known
    before = len(problems)
    problems += [toml.unknown_key((*path, key), _KEYS) for key in given if key not in _KEYS]
    for key in ("title", "version", "source", "letter"):
        if key in given and not (isinstance(given[key], str) and given[key].strip()):
            mend = f'write {key} = "..."'
            problems.append(toml.problem("not-a-text", (*path, key), f"{key} is {given[key]!r}", mend))
    if "title" not in given:
        message = f"the tool {path[1]} has no title"
        problems.append(toml.problem("missing-key", path, message, 'add title = "..."'))
    texts = _texts(toml, path, given, problems)
    made_for = _designs(toml, path, given.get("designs", list(designs)), designs, problems)
    letter = given.get("letter") or next((one for one in _LETTERS if one not in used), "")
    if isinstance(letter, str) and (not _LETTER.fullmatch(letter) or letter in used):
        message = f"{letter!r} is not one letter that no other tool has"
        mend = f"take one of {', '.join(one for one in _LETTERS if one not in used)}; codes of items begin with it"
        problems.append(toml.problem("bad-value", (*path, "letter"), message, mend))
    if len(problems) > before:
        return None
    items = tuple(Item(f"{letter}{i}", i, text, domain) for i, (domain, text) in enumerate(texts, start=1))
    told = (given.get("version"), given.get("source", "items of this review"))
    source = ", ".join(text.strip() for text in told if text)
    return Tool(path[1], given["title"].strip(), items, source, "", made_for)


def _texts(
    toml: TomlFile, path: tuple[str, str], given: Mapping[str, Any], problems: list[Problem]
) -> list[tuple[str, str]]:
    """``(domain, item)`` in order; without domains "" stands in their place."""
    domains = given.get("domains", {})
    if ("items" in given) == ("domains" in given):
        what = "both items and domains" if "items" in given else "no items"
        problems.append(toml.problem("missing-key", path, f"the tool {path[1]} has {what}", _ITEMS_MEND))
        return []
    if not isinstance(domains, Mapping):
        problems.append(toml.problem("not-a-table", (*path, "domains"), f"domains are {domains!r}", _ITEMS_MEND))
        return []
    lists: list[tuple[tuple[str, ...], str, Any]] = [
        ((*path, "domains", name), name, items) for name, items in domains.items()
    ]
    if "items" in given:
        lists = [((*path, "items"), "", given["items"])]
    texts = []
    for place, domain, items in lists:
        if isinstance(items, list) and items and all(isinstance(item, str) and item.strip() for item in items):
            texts += [(domain.replace("_", " ").strip().capitalize(), item.strip()) for item in items]
        else:
            problems.append(toml.problem("not-a-list", place, f"{place[-1]} is {items!r}", _ITEMS_MEND))
    return texts


def _designs(
    toml: TomlFile, path: tuple[str, str], given: Any, designs: tuple[str, ...], problems: list[Problem]
) -> tuple[str, ...]:
    if not isinstance(given, list):
        mend = 'write designs = ["case_report", ...]'
        problems.append(toml.problem("not-a-list", (*path, "designs"), f"designs are {given!r}", mend))
        return ()
    for name in given:
        if name not in designs:
            mend = near(str(name), designs)
            problems.append(toml.problem("unknown-term", (*path, "designs"), f"{name!r} is no design", mend))
    return tuple(str(name) for name in given)
