"""From a question to cited passages.

The way through: `query` understands the question, `dense` (FAISS) and `lexical` (tantivy) find candidates,
`fuse` joins the two lists, `rank` orders them, `answer` chooses sentences, `verify` proves every quotation
against the stored page. `engine` joins these steps; `components` and `pipeline` offer them to Haystack.
Imports `corpus` only.
"""

import os

# Decided at import by the libraries concerned: nothing may phone home.
os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
# numpy's threads wait for more work by spinning, some ten milliseconds after each product; on a small machine they keep
# the model from the processor meanwhile. 2^4 cycles is the least that OpenBLAS knows; it reads this when numpy loads.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
