"""The style of citations and references: a CSL file, checked before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError, Problem

if TYPE_CHECKING:
    from ..analysis import Analysis

#: Namespace of CSL.
CSL = "{http://purl.org/net/xbiblio/csl}"
ELSEWHERE = "choose another style: numeric and author-date ones are printed"


@dataclass(frozen=True, slots=True)
class CitationStyle:
    """A style that can be printed.

    Attributes:
        file: Where it is, as problems name it. content: The file.
        numbered: Whether references have numbers; else the text names author and year.
    """

    file: str
    content: bytes
    numbered: bool


def own_style() -> CitationStyle:
    """Our own: numbers in the order of first mention. A test checks it, so that nothing is read before it is needed."""
    file = files("evidence.document") / "styles" / "numeric.csl"
    return CitationStyle("numeric.csl", file.read_bytes(), numbered=True)


def style_of(analysis: Analysis) -> CitationStyle:
    """The style that an analysis names; our own where it names none.

    Raises:
        DataError: the file is not there, is no style, or is one that can't be printed.
    """
    path = analysis.csl_path
    if path is None:
        return own_style()
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        why = (
            "is not there"
            if isinstance(error, FileNotFoundError)
            else f"can't be read: {getattr(error, 'strerror', None) or error}"
        )
        mend = "write the path of a .csl file, seen from the folder of this analysis"
        place = (str(analysis.path), analysis.csl_line, "csl")
        raise DataError(Problem("no-style", f"the style {analysis.csl} {why}", mend, *place)) from error
    return checked_style(content, str(path))


def checked_style(content: bytes, file: str) -> CitationStyle:
    """A style from the bytes of its file.

    Raises:
        DataError: no XML, no CSL, against the rules of CSL, a dependent style, one for footnotes, one without a list
            of references, or one for a language whose words aren't there.
    """
    root = _root(content, file)
    _refuse_dependent(root, file)
    _refuse_invalid(root, file)
    _refuse_notes(root, file)
    _refuse_language(root, file)
    return CitationStyle(file, content, _is_numbered(root))


def _wrong(file: str, line: int | None, code: str, message: str, mend: str) -> DataError:
    return DataError(Problem(code, message, mend, file, line))


def _root(content: bytes, file: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    mend = "give a style as zotero.org/styles has it: a .csl file, saved unchanged"
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        message = f"this is not XML: {(error.msg or 'an empty file').split(', line')[0]}"
        raise _wrong(file, error.lineno or None, "style-not-xml", message, mend) from error
    if root.getroottree().docinfo.doctype:
        raise _wrong(file, 1, "style-not-csl", "a document type is declared, which a style never has", mend)
    if root.tag != f"{CSL}style":
        name = etree.QName(root).localname
        raise _wrong(file, root.sourceline, "style-not-csl", f"this is no CSL style: it starts with <{name}>", mend)
    return root


def _refuse_dependent(root: Any, file: str) -> None:
    for link in root.iterfind(f"{CSL}info/{CSL}link"):
        if link.get("rel") == "independent-parent":
            parent = str(link.get("href") or "").rstrip("/")
            message = f"this style only names another one, {parent}"
            mend = f"save {parent.rsplit('/', 1)[-1] or 'its parent'}.csl from there, and name that file"
            raise _wrong(file, link.sourceline, "style-dependent", message, mend)


def _refuse_invalid(root: Any, file: str) -> None:
    from citeproc import SCHEMA_PATH
    from lxml import etree

    schema = etree.RelaxNG(etree.parse(SCHEMA_PATH))
    if not schema.validate(root):
        message = f"the style breaks the rules of CSL 1.0.2: {schema.error_log[0].message}"
        mend = "save it anew from zotero.org/styles, or mend that line"
        line = next((error.line for error in schema.error_log if error.line > 0), None)
        raise _wrong(file, line, "style-invalid", message, mend)
    known = {macro.get("name") for macro in root.iterfind(f"{CSL}macro")}
    for called in root.iter(f"{CSL}text", f"{CSL}key"):
        if (name := called.get("macro")) is not None and name not in known:
            mend = f"add <macro name={name!r}>, or call one that is there"
            raise _wrong(file, called.sourceline, "style-invalid", f"there is no macro {name!r}", mend)


def _refuse_notes(root: Any, file: str) -> None:
    if root.get("class") == "note":
        message = "this style puts citations into footnotes, which the report does not have"
        raise _wrong(file, root.sourceline, "style-for-notes", message, ELSEWHERE)
    if _format(root) == "label":
        message = "this style cites by made-up labels such as [Mar25], which can't be printed"
        raise _wrong(file, root.sourceline, "style-for-labels", message, ELSEWHERE)
    if root.find(f"{CSL}bibliography") is None:
        message = "this style makes no list of references"
        raise _wrong(file, root.sourceline, "style-without-list", message, ELSEWHERE)


def _refuse_language(root: Any, file: str) -> None:
    from citeproc import LOCALES_PATH, PRIMARY_DIALECTS

    wanted = root.get("default-locale", "en-US")
    there = {path.stem.removeprefix("locales-") for path in Path(LOCALES_PATH).glob("locales-*.xml")}
    if wanted not in there and PRIMARY_DIALECTS.get(wanted.split("-")[0]) not in there:
        message = f"the words of the language {wanted!r} are not there"
        mend = 'set default-locale to one that is, such as "en-US", "en-GB", "de-DE" or "fr-FR"'
        raise _wrong(file, root.sourceline, "style-language", message, mend)


def _format(root: Any) -> str | None:
    formats = (category.get("citation-format") for category in root.iterfind(f"{CSL}info/{CSL}category"))
    return next((str(name) for name in formats if name), None)


def _is_numbered(root: Any) -> bool:
    """Whether what stands in the text is a number: the style says so, or prints one there."""
    if (said := _format(root)) is not None:
        return said == "numeric"
    waiting, seen = [root.find(f"{CSL}citation/{CSL}layout")], set()
    while waiting:
        for called in waiting.pop().iter(f"{CSL}text"):
            if called.get("variable") == "citation-number":
                return True
            if (name := called.get("macro")) is not None and name not in seen:
                seen.add(name)
                waiting += [macro for macro in root.iterfind(f"{CSL}macro") if macro.get("name") == name]
    return False
