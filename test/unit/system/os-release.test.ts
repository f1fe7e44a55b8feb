import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathFromText } from '../../../src/model/bytes.ts';
import { parseOsRelease, readOsRelease } from '../../../src/system/os-release.ts';
import { scratchDirectory } from '../../support/scratch.ts';

describe('os-release', () => {
  test('tells id, relatives, version and name', () => {
    const text =
      '# a comment\nPRETTY_NAME="Rocky Linux 9.4"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID=\'9.4\'\n';
    expect(parseOsRelease(text)).toEqual({
      id: 'rocky',
      idLike: ['rhel', 'centos', 'fedora'],
      versionId: '9.4',
      prettyName: 'Rocky Linux 9.4',
    });
  });

  test('takes quoting as a shell does, and runs nothing', () => {
    expect(parseOsRelease('PRETTY_NAME="a \\"b\\" \\$c \\`d\\` \\\\ \\e"').prettyName).toBe('a "b" $c `d` \\\\ \\\\e');
    expect(parseOsRelease('PRETTY_NAME=\'a "b"\'').prettyName).toBe('a "b"');
    expect(parseOsRelease('ID=$(reboot)').id).toBe('linux');
  });

  test('skips lines of another form and takes the last of several', () => {
    expect(parseOsRelease('ID=debian\nID="unclosed\nnonsense\n=x\nID=ubuntu\r\n').id).toBe('ubuntu');
  });

  test('is linux for a system that does not say', () => {
    const expected = { id: 'linux', idLike: [], versionId: undefined, prettyName: 'Linux' };
    expect(parseOsRelease('')).toEqual(expected);
    expect(parseOsRelease('ID=\nPRETTY_NAME=\n')).toEqual(expected);
    expect(readOsRelease(pathFromText('/nowhere'))).toEqual(expected);
  });

  test('never gives a character that a terminal obeys, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const release = parseOsRelease(`PRETTY_NAME="${value}"\nVERSION_ID=${value}\nID=${value}\nID_LIKE='${value}'`);
        const texts = [release.prettyName, release.versionId ?? '', release.id, ...release.idLike];
        for (const text of texts) expect(text).not.toMatch(/\p{C}/u);
      }),
    );
  });

  test('is found in /etc, through its usual link, or in /usr/lib', () => {
    const directory = scratchDirectory();
    mkdirSync(join(directory, 'usr/lib'), { recursive: true });
    writeFileSync(join(directory, 'usr/lib/os-release'), 'ID=debian\n');
    expect(readOsRelease(pathFromText(directory)).id).toBe('debian');
    mkdirSync(join(directory, 'etc'));
    symlinkSync('/usr/lib/os-release', join(directory, 'etc/os-release'));
    expect(readOsRelease(pathFromText(directory)).id).toBe('debian');
  });
});
