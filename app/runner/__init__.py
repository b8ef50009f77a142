"""One run, safely: limits, the one-shot sandboxed worker, the fork server, and the backend the web speaks to."""
