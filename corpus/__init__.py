"""What the knowledge base holds.

The records that travel between the rooms (`records`), the one store that is the truth (`store`),
the field's vocabulary (`vocabulary`) and, under ``corpus/documents``, the bundled digests. This
package imports nothing else of the project; SQL is written here and nowhere else.
"""

import os

# Read by numpy when it is first loaded, and every room loads this one first. On two cores a product waits for whichever
# core something else is using: with other people's questions under way, ten times as long for a small one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
