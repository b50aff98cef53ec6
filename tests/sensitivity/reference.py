"""metafor's answers to the questions about one data set (tests/reference/questions.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evidence import Counts

FOLDER = Path(__file__).parents[1] / "reference"
QUESTIONS: dict[str, Any] = json.loads((FOLDER / "questions.json").read_text(encoding="utf-8"))
_SET = json.loads((FOLDER / "datasets.json").read_text(encoding="utf-8"))["sets"]["pritz1997"]
PRITZ = Counts(_SET["xi"], _SET["ni"])
