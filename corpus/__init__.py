"""What the knowledge base holds.

The records that travel between the rooms (`records`), the one store that is the truth (`store`),
the field's vocabulary (`vocabulary`) and, under ``corpus/documents``, the bundled digests. This
package imports nothing else of the project; SQL is written here and nowhere else.
"""
