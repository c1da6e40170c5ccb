"""Running the page for others: its log, its measures, its state for those who watch it, and how much it takes on."""
