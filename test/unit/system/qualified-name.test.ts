import { expect, test } from 'vitest';
import { canonicalName, isQualified } from '../../../src/system/qualified-name.ts';

test('a name is qualified that others may know a host by', () => {
  for (const name of ['mail7.example.org', 'a.b', 'MX.Example.COM', 'xn--bcher-kva.example', '1.example.org']) {
    expect(isQualified(name), name).toBe(true);
  }
  const others = ['', 'mail7', 'localhost', 'localhost.localdomain', 'mail7.localdomain', '192.0.2.7', '.org', 'a..b'];
  for (const name of [...others, 'a.b.', '-a.b', 'a_b.c', 'a.b\n', `${'a.'.repeat(126)}bc`]) {
    expect(isQualified(name), name).toBe(false);
  }
});

test('a file of hosts names a host by the first name of its line', () => {
  const hosts = `# mail7.not.this mail7
127.0.0.1 localhost mail7
127.0.1.1\tmail7.example.org   mail7 # mail7.neither.this
192.0.2.8 mail8.example.org mail8
::1 mail9`;
  expect(canonicalName(hosts, 'MAIL7')).toBe('mail7.example.org');
  expect(canonicalName(hosts, 'mail8')).toBe('mail8.example.org');
  for (const name of ['mail9', 'mail', '192.0.2.8', '']) expect(canonicalName(hosts, name), name).toBeUndefined();
});
