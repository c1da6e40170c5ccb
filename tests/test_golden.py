"""Labels, heading paths and pages of whole documents, as a person has read them off the sources.

`RAPPORTEUR_UPDATE_GOLDEN=1` writes the files anew: read the difference against the sources before committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from corpus.records import Parsed
from ingest.parse import parse_file

FOLDER = Path(__file__).parent / "golden"
# Read at import, before the tests clean the environment.
UPDATE = bool(os.environ.get("RAPPORTEUR_UPDATE_GOLDEN"))
DOCUMENTS = {
    "cets-197": "treaties-md/verdrag-van-de-raad-van-europa-inzake-bestrijding-van-mensenhandel_BWBV0004138.md",
    "palermo-protocol": "treaties-md/protocol-to-prevent-suppress-and-punish-trafficking-in-persons-especially-etc_BWBV0001749.md",
    "ilo-029": "treaties-md/convention-concerning-forced-or-compulsory-labour_BWBV0006218.md",
    "refugee-convention": "conventions-pdf/pdf/1951-Refugee_Convention-1967-protocol_(UNHCR_Mandate).pdf",
    "dublin-regulation": "conventions-pdf/pdf/DUBLIN_REGULATIONS.pdf",
    "upr-oman-2011": "upr-reports/pdf/oman2011.pdf",
    "upr-kazakhstan-2010": "upr-reports/pdf/kazakhstan2010.pdf",
    "un-a-80-67": "un-reports-2025/pdf/A_80_67.en.pdf",
    "un-a-80-188": "un-reports-2025/pdf/A_80_188.en.pdf",
    "un-s-res-2776": "un-reports-2025/pdf/S_RES_2776_(2025).en.pdf",
    "hrc-decision-59-112": "upr-slovenia/pdf/4th_g2511026.pdf",
    "press-release-2023": "seed/national-coordinators-meeting-2023.txt",
}


def outline_of(parsed: Parsed) -> dict[str, Any]:
    """The labels and pages of all passages, grouped under their heading paths; no text of the document itself."""
    sections: list[dict[str, Any]] = []
    for passage in parsed.passages:
        path = list(passage.heading_path)
        if not sections or sections[-1]["headings"] != path:
            sections.append({"headings": path, "passages": []})
        inner = [label for _, label in passage.pinpoints if label != passage.label]
        entry = f"{passage.kind.value} | {passage.label or '-'} | p. {passage.page}"
        sections[-1]["passages"].append(entry + (f" | {', '.join(inner)}" if inner else ""))
    return {"title": parsed.document.title, "sections": sections}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_read_as_a_person_read_it(name: str, shared: Path) -> None:
    found = outline_of(parse_file(shared / "realdocs" / DOCUMENTS[name]))
    file = FOLDER / f"{name}.json"
    if UPDATE:
        file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(file.read_text(encoding="utf-8"))
