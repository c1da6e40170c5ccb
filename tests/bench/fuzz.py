"""Many generated inputs for everything that reads what people type: no crash, no run-away time.

    python tests/bench/fuzz.py --inputs 1000000 --seed 7

Exit code 1 where one of them did what it must not; the inputs are the same for the same seed.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.fuzzing import fuzz


def main() -> int:
    """Run it."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--inputs", type=int, default=1_000_000)
    reader.add_argument("--seed", type=int, default=2026)
    given = reader.parse_args()
    begun = time.monotonic()
    done = fuzz(given.seed, given.inputs)
    print(f"{given.inputs:,} inputs, seed {given.seed}, {time.monotonic() - begun:,.0f} s")
    print(done.report())
    return bool(done.failures)


if __name__ == "__main__":
    raise SystemExit(main())
