"""How much of a document is read at all (acceptance F4, C27). Real ones stay far below."""

MAX_BYTES = 64 * 1024 * 1024  # of one file; the largest documents of business systems are below 40 MB
MAX_TOTAL = 128 * 1024 * 1024  # of all files of one document
MAX_FILES = 2_000
MAX_DEPTH = 200  # levels; real documents stay below 40
MAX_NODES = 1_500_000  # values of one file; a 13 MB document has 400,000
MAX_DIGITS = 300  # of one number; a double ends at 309
MAX_ALIAS_BYTES = 16 * 1024 * 1024  # what aliases may stand for; the fast reader's own default is 64 MiB
