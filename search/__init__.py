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
