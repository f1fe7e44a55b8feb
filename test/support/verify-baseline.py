"""Verifies a baseline with nothing but docs/baseline-format.md: prints the seal, or fails with a reason."""

import hashlib
import sqlite3
import struct
import sys


def number(value):
    return struct.pack('<I', value)


def value(data):
    if data is None:
        data = b''
    if isinstance(data, int):
        data = str(data)
    if isinstance(data, str):
        data = data.encode('utf-8')
    return number(len(data)) + data


SECTIONS = [
    "SELECT key, value FROM meta WHERE key <> 'seal' ORDER BY key",
    'SELECT name, text FROM policy_sources ORDER BY position',
    'SELECT rule, path, target FROM start_links ORDER BY position',
    'SELECT path, type, source, options, entered FROM mounts ORDER BY position',
    'SELECT attribute, file_system, example FROM unavailable ORDER BY position',
    'SELECT path, operation, code, message FROM failures ORDER BY position',
    'SELECT name, severity, watch FROM rules ORDER BY position',
    'SELECT name, version, files FROM packages ORDER BY position',
    'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name',
]


def tree(connection):
    """The items of the tree, with a stack of its own: nesting may be deeper than Python's recursion."""
    objects = {}
    below = {}
    for directory, name, rule, record in connection.execute('SELECT dir, name, rule, record FROM entries'):
        objects.setdefault(directory, {})[name] = b'E' + value(name) + number(rule) + value(record)
    for identity, parent, name in connection.execute('SELECT id, parent, name FROM directories'):
        below.setdefault(parent, {})[name] = identity
    count = sum(len(names) for names in objects.values())
    yield objects.get(0, {}).get(b'', b'')

    def names(directory):
        return iter(sorted(objects.get(directory, {}).keys() | below.get(directory, {}).keys()))

    stack = [(1, names(1))]
    while stack:
        directory, rest = stack[-1]
        name = next(rest, None)
        if name is None:
            stack.pop()
            if stack:
                yield b'U'
            continue
        yield objects.get(directory, {}).get(name, b'')
        inner = below.get(directory, {}).get(name)
        if inner is not None:
            yield b'D' + value(name)
            stack.append((inner, names(inner)))
    yield b'Z' + struct.pack('<Q', count)


def main(file):
    with open(file, 'rb') as stream:
        data = stream.read()
    pages, magic, checksum = data[:-40], data[-40:-32], data[-32:]
    if magic != b'integsum' or hashlib.sha256(pages).digest() != checksum:
        sys.exit('the trailer does not match')
    if len(pages) % 4096 != 0 or struct.unpack('>I', pages[68:72])[0] != 0x696E7467:
        sys.exit('not a baseline')
    connection = sqlite3.connect(f'file:{file}?immutable=1', uri=True)
    seal = hashlib.sha256(b'integ-baseline/2\n')
    for query in SECTIONS:
        rows = connection.execute(query).fetchall()
        seal.update(number(len(rows)))
        for row in rows:
            for column in row:
                seal.update(value(column))
    for item in tree(connection):
        seal.update(item)
    contents = connection.execute('SELECT path, content FROM contents ORDER BY path').fetchall()
    seal.update(number(len(contents)))
    for path, content in contents:
        seal.update(value(path) + value(content))
    stored = connection.execute("SELECT value FROM meta WHERE key = 'seal'").fetchone()[0]
    if stored != seal.hexdigest():
        sys.exit('the seal does not match')
    print(seal.hexdigest())


main(sys.argv[1])
