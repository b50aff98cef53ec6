"""Languages as databases write them, as the two letters of ISO 639-1."""

from __future__ import annotations

#: Two letters -> the three of ISO 639-2 (both kinds), and the English name.
_LANGUAGES = {
    "ar": "ara arabic",
    "bg": "bul bulgarian",
    "cs": "cze ces czech",
    "da": "dan danish",
    "de": "ger deu german",
    "el": "gre ell greek",
    "en": "eng english",
    "es": "spa spanish",
    "fa": "per fas persian",
    "fi": "fin finnish",
    "fr": "fre fra french",
    "he": "heb hebrew",
    "hr": "hrv scr croatian",
    "hu": "hun hungarian",
    "it": "ita italian",
    "ja": "jpn japanese",
    "ko": "kor korean",
    "lt": "lit lithuanian",
    "nl": "dut nld dutch",
    "no": "nor norwegian",
    "pl": "pol polish",
    "pt": "por portuguese",
    "ro": "rum ron romanian",
    "ru": "rus russian",
    "sk": "slo slk slovak",
    "sl": "slv slovenian",
    "sr": "srp scc serbian",
    "sv": "swe swedish",
    "th": "tha thai",
    "tr": "tur turkish",
    "uk": "ukr ukrainian",
    "vi": "vie vietnamese",
    "zh": "chi zho chinese",
}
_CODES = {name: code for code, names in _LANGUAGES.items() for name in (code, *names.split())}


def language_code(text: str | None) -> str | None:
    """Two letters of the language that a record names; None where it names none, several, or one not known here."""
    return _CODES.get((text or "").strip().casefold())
