"""Verifies the chain of a history with nothing but docs/history-format.md: prints the ids of the runs, oldest first."""
import hashlib
import sqlite3
import struct
import sys

COLUMNS = (
    "number id lineage host startedAt finishedAt status exitCode sequence seal rules limits summary report states previous"
).split()


def sized(value: bytes) -> bytes:
    return struct.pack("<I", len(value)) + value


database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
ends = dict(database.execute("SELECT key, value FROM meta"))
number, _, previous = ends.get("anchor", "0 ").partition(" ")
number = int(number)
for row in database.execute(f"SELECT {', '.join(COLUMNS)}, digest FROM runs ORDER BY number"):
    run = dict(zip(COLUMNS, row))
    number += 1
    assert run["number"] == number and run["previous"] == previous
    digest = hashlib.sha256(b"integ-run/1\n" + b"".join(sized(str(run[name]).encode()) for name in COLUMNS))
    assert digest.hexdigest() == row[-1]
    for kind in ("report", "states"):
        query = "SELECT bytes FROM parts WHERE run = ? AND kind = ? ORDER BY position"
        parts = hashlib.sha256(b"".join(sized(part) for (part,) in database.execute(query, (number, kind))))
        assert parts.hexdigest() == run[kind]
    previous = row[-1]
    print(run["id"])
assert ends["head"] == f"{number} {previous}"
