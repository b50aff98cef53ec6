"""Whether bytes are Chinese text in GB18030, and not some encoding of one byte for each character."""

from __future__ import annotations

import re

#: Two bytes of the level of GB2312 that holds the characters in daily use, and of its signs and wide letters.
_DAILY = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|\xa1[\xa1-\xfe]|\xa3[\xa1-\xfe]")
_HIGH = bytes(range(128, 256))
#: Characters that are frequent in Chinese titles and abstracts of medicine; no list of any one corpus.
_FREQUENT = frozenset(
    "的一是不在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种"
    "事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民"
    "第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体政美相见被利什二等产或新己制身果加西斯月话"
    "例病患者治疗临床研究分析评价效果医院组观察比较血检测表达术后药疾症影响探讨结论目的方法及其应用综述荟萃"
)


def looks_chinese(content: bytes) -> bool:
    """Whether most bytes beyond ASCII are pairs that GB18030 has for the characters of daily use.

    Bytes of Windows-1252 stand alone between letters and make few such pairs; pairs of other languages of East Asia and
    of Cyrillic make characters that are seldom seen in Chinese.
    """
    high = len(content) - len(content.translate(None, _HIGH))
    if high < 4:
        return False
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        if error.reason != "incomplete multibyte sequence":
            return False
        text = content[: error.start].decode("gb18030")
    pairs = sum(len(run) for run in _DAILY.findall(content)) if high else 0
    if pairs < 0.6 * high:
        return False
    characters = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    frequent = sum(character in _FREQUENT for character in characters)
    return len(characters) > 0 and (len(characters) < 20 or frequent > 0.08 * len(characters))
