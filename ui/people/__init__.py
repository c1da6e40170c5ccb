"""Who may come in, and what each may see and do: accounts, sessions, sign-in, the gate before the page."""
