"""The gate before the grammar of symbols, which is there for speed alone, keeps none of them out."""

from __future__ import annotations

import re

import pytest

from corpus import symbols

SAMPLES = (
    "MC(11).DEC/14/06", "PC.DEC/1107", "FSC.DEC/4/18", "SUM.DOC/1/10", "SEC.GAL/121/10", "CIO.GAL/3/21", "ODIHR.GAL/1/20",
    "PC.SHDM.GAL/5", "SPMU.INF/1/02", "A/RES/55/25", "A/HRC/44/45", "A/78/172", "S/RES/2331 (2016)", "S/2019/978",
    "E/2002/68/Add.1", "HRI/GEN/2006/1", "UNW/2011/6", "DP/2013/3", "ST/SGB/2003/13", "CEDAW/C/GC/38", "CRC/C/156",
    "CCPR/C/21", "CERD/C/1", "CAT/C/3", "CMW/C/5", "CRPD/C/2", "CETS No. 197", "ETS 5", "STCE n° 197", "STE 5", "SEV 197",
    "CM/Rec(2022)21", "Rec(2000)11", "Rec R (85) 11", "GRETA(2023)12", "THB-CP(2021)3", "CP(2019)1", "CM(2005)32",
    "SG/Inf(2018)9", "C029", "P029", "R203", "2011/36/EU", "(EU) 2024/1712", "(EC) No 539/2001", "1998/C 12/01",
    "C/2023/55", "COM(2021) 171", "AG/RES. 2118 (XXXV-O/05)",
)  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("before", ["", "see ", "(", "é", "9"])
def test_all_that_the_grammar_finds_passes(sample: str, before: str) -> None:
    bare = re.compile("|".join(f"(?:{pattern})" for pattern in symbols._PATTERNS))
    text = f"{before}{sample}; and {sample.lower()}"
    assert [m[0] for m in symbols._ANY.finditer(text)] == [m[0] for m in bare.finditer(text)]


def test_in_a_hurry_in_any_letters() -> None:
    assert symbols.find_symbols("mc dec 14/06 and Pc.Dec 1107, fsc dec 4/18") == [
        "mc dec 14/06",
        "Pc.Dec 1107",
        "fsc dec 4/18",
    ]
