"""Verifies the chains of a history with nothing but docs/history-format.md: prints the ids of the runs, oldest first."""
import hashlib
import sqlite3
import struct
import sys

COLUMNS = (
    "number id lineage host startedAt finishedAt status exitCode sequence seal rules limits summary report states "
    "generations previous"
).split()
GENERATION_COLUMNS = (
    "number lineage sequence seal createdAt command who why ticket seenAt inForceOn previous"
).split()


def digest_of(preamble: bytes, columns, row) -> str:
    return hashlib.sha256(preamble + b"".join(sized(str(row[name]).encode()) for name in columns)).hexdigest()


def sized(value: bytes) -> bytes:
    return struct.pack("<I", len(value)) + value


database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
ends = dict(database.execute("SELECT key, value FROM meta"))

generations = ["none"]
last = "0 "
for row in database.execute(f"SELECT {', '.join(GENERATION_COLUMNS)}, digest FROM generations ORDER BY number"):
    generation = dict(zip(GENERATION_COLUMNS, row))
    number, _, previous = last.partition(" ")
    assert generation["number"] == int(number) + 1 and generation["previous"] == previous
    assert digest_of(b"integ-generation/1\n", GENERATION_COLUMNS, generation) == row[-1]
    generations.append(row[-1])
    last = f"{generation['number']} {row[-1]}"
assert ends.get("generations", "0 ") == last

number, _, previous = ends.get("anchor", "0 ").partition(" ")
number = int(number)
for row in database.execute(f"SELECT {', '.join(COLUMNS)}, digest FROM runs ORDER BY number"):
    run = dict(zip(COLUMNS, row))
    number += 1
    assert run["number"] == number and run["previous"] == previous
    if run["generations"] == "":
        assert digest_of(b"integ-run/1\n", [name for name in COLUMNS if name != "generations"], run) == row[-1]
    else:
        assert run["generations"] in generations
        assert digest_of(b"integ-run/2\n", COLUMNS, run) == row[-1]
    for kind in ("report", "states"):
        query = "SELECT bytes FROM parts WHERE run = ? AND kind = ? ORDER BY position"
        parts = hashlib.sha256(b"".join(sized(part) for (part,) in database.execute(query, (number, kind))))
        assert parts.hexdigest() == run[kind]
    previous = row[-1]
    print(run["id"])
assert ends["head"] == f"{number} {previous}"
