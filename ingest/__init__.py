"""From files to records: discover, extract (one module per format), clean, structure, cut, store.

The way through: `sync` finds what changed, `reader` reads files in worker processes, `extract` turns one
file into pages of text, `structure` sees headings, articles and paragraphs in them, `passages` cuts them
to the model's window, `metadata` says what the document is. Imports `corpus` only.
"""
