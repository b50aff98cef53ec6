"""Names of authors as BibTeX writes them to ``Family, Given``, and back."""

from __future__ import annotations

import re
from functools import lru_cache

from .cleaning import is_group, person
from .latex import decode, encode

#: Marks an author list that goes on.
OTHERS = "others"
_AND = re.compile(r"\band\b", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|[IVX]{1,4}|\d(?:st|nd|rd|th)", re.IGNORECASE)


def names(value: str) -> tuple[str, ...]:
    """The authors of a field in order, without the word that says that the list goes on."""
    found = (name_of(part) for part in separate(value) if part.casefold() != OTHERS)
    return tuple(name for name in found if name)


def separate(value: str) -> list[str]:
    """The names of a field: what stands between the ``and`` that are not in braces."""
    parts, start, depth = [], 0, 0
    for mark in re.finditer(r"(?<!\\)[{}]|(?<=\s)and(?=\s)", value, re.IGNORECASE):
        if mark[0] in "{}":
            depth += 1 if mark[0] == "{" else -1
        elif depth == 0:
            parts.append(value[start : mark.start()])
            start = mark.end()
    parts.append(value[start:])
    return [part for part in (piece.strip() for piece in parts) if part]


@lru_cache(maxsize=4096)
def name_of(written: str) -> str:
    """One name: ``Family, Given`` or ``Family, Given, Jr``; a group, and a name in braces, as it is written."""
    written = " ".join(written.split())
    if _in_braces(written):
        return _text(written[1:-1])
    parts = _sections(written)
    if len(parts) == 3:
        family, suffix, given = parts
        swapped = _SUFFIX.fullmatch(_text(given)) and not _SUFFIX.fullmatch(_text(suffix))
        return person(_text(", ".join((family, suffix, given) if swapped else (family, given, suffix))))
    text = _text(written)
    name = person(text)
    if "," in name or " " not in name or not _has_cases(name) or is_group(name):
        return name
    return person(_turned(written))


def write_name(name: str) -> str:
    """A name for the author field, such that :func:`name_of` reads it back to the letter."""
    parts = name.split(", ")
    plain = encode(", ".join((parts[0], parts[2], parts[1])) if len(parts) == 3 else name)
    if "," in name and not _AND.search(name) and separate(plain) == [plain] and name_of(plain) == name:
        return plain
    return f"{{{encode(name)}}}"


def _turned(written: str) -> str:
    """``Given von Family`` to ``von Family, Given`` by BibTeX's rules."""
    from bibtexparser.middlewares.names import parse_single_name_into_parts

    parts = parse_single_name_into_parts(written, strict=False)
    family, given = " ".join((*parts.von, *parts.last)), " ".join(parts.first)
    suffix = f", {' '.join(parts.jr)}" if parts.jr else ""
    return _text(f"{family}, {given}{suffix}" if given else family)


def _sections(written: str) -> list[str]:
    """What stands between the commas that are not in braces."""
    parts, depth, start = [], 0, 0
    for mark in re.finditer(r"(?<!\\)[{}]|,", written):
        if mark[0] == ",":
            if depth == 0:
                parts.append(written[start : mark.start()].strip())
                start = mark.end()
        else:
            depth += 1 if mark[0] == "{" else -1
    return [*parts, written[start:].strip()]


def _in_braces(written: str) -> bool:
    """Whether one pair of braces holds the whole name."""
    if not (written.startswith("{") and written.endswith("}")):
        return False
    depth = 0
    for mark in re.finditer(r"(?<!\\)[{}]", written):
        depth += 1 if mark[0] == "{" else -1
        if depth == 0:
            return mark.end() == len(written)
    return False


def _text(value: str) -> str:
    return " ".join(decode(value).split())


def _has_cases(name: str) -> bool:
    return name.upper() != name.lower()
