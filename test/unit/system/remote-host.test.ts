import { describe, expect, test } from 'vitest';
import { remoteHost } from '../../../src/system/remote-host.ts';

const options = { remoteCommand: 'integ' };

describe('the host to be examined', () => {
  test.each([
    'mail1',
    'root@mail1',
    'mail1.example.org',
    '192.0.2.1',
    'u@2001:db8::1',
    'fe80::1%eth0',
    'a_b',
    'DOM+u@h',
    'm$@h',
  ])('may be %s', (destination) => expect(remoteHost(destination, options).destination).toBe(destination));

  test.each([
    '',
    '-oProxyCommand=id',
    '-oProxyCommand=id@mail1',
    'root@-oProxyCommand=id',
    'mail1;id',
    'mail1 id',
    'mail1\nid',
    '$(id)@mail1',
    '`id`',
    'a@b@c',
    '@mail1',
    'root@',
    'ssh://mail1',
    '\x1b]0;x\x07',
  ])('may not be %j, which ssh or a shell could take for something else', (destination) => {
    expect(() => remoteHost(destination, options)).toThrowError(/this is not \[user@\]host/);
  });

  test('needs a command', () => {
    expect(() => remoteHost('mail1', { remoteCommand: ' ' })).toThrowError(/--remote-command is empty/);
  });
});
