"""C: what a compiler is told for each architecture, and what it says, as data and text. No process is started here."""
