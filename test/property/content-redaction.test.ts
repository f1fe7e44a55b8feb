import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redact } from '../../src/check/content/redact.ts';
import { pathFromBytes, pathFromText } from '../../src/model/bytes.ts';

const PATHS = [
  '/etc/passwd',
  '/etc/shadow',
  '/etc/group',
  '/etc/sudoers',
  '/etc/ssh/sshd_config',
  '/etc/crontab',
  '/etc/aliases',
  '/etc/systemd/system/x.service',
  '/etc/app.yaml',
  '/etc/app.conf',
  '/etc/mail/access',
  '/root/.netrc',
  '/root/.pgpass',
  '/etc/ppp/chap-secrets',
  '/etc/ipsec.secrets',
  '/etc/postfix/sasl_passwd',
  '/root/.ssh/authorized_keys',
].map(pathFromText);
const path = fc.constantFrom(...PATHS);

/** Pieces of which secrets and their neighbours are made, in any order. */
const PIECES = [
  'password',
  'PASS',
  'token',
  'secret',
  'api_key',
  'PrivateKey',
  ' = ',
  '=',
  ': ',
  ':',
  ' ',
  '\n',
  '\t',
  '\r\n',
  '"',
  "'",
  '`',
  '\\',
  ',',
  ';',
  '#',
  '-',
  '--',
  '|',
  '{',
  '}',
  '(',
  '@',
  '://',
  '/',
  '$',
  '$6$',
  '$1$abcdefgh$',
  '$2b$12$',
  '$$2y$',
  '{SSHA}',
  '{SHA}',
  'hunter2',
  'x',
  '!',
  '*',
  '-----BEGIN PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  '-----BEGIN PGP PRIVATE KEY BLOCK-----',
  'Private-Lines: 3',
  'AAAAB3NzaC1yc2EAAAADAQABAAABgQC7AAAAB3NzaC1yc2EAAAADAQABAAABgQC7',
  '<redacted>',
  '<redacted 0123abcd>',
  '<redacted',
  'AuthInfo:',
  '"P:',
  'mysql -p',
  'curl -u a:',
  'sshpass -p ',
  'ghp_abcdefghijklmnopqrstuvwxyz',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOi.aaaaaaaaaaaa',
  'Authorization: Bearer ',
  'machine',
  'login',
  'PSK ',
  'root',
  '\xff',
  '\x00',
  '\u00a0',
];

/** Beginnings and ends of what goes over several words or lines. */
const MORE_PIECES = [
  'key={',
  'key = ',
  'auth',
  "['password']",
  'define(',
  "', '",
  '(',
  ')',
  '[',
  ']',
  '=>',
  '<password>',
  '</password>',
  '<key>',
  'name: ',
  'value: ',
  'secrets:\n  ',
  '[secrets]\n',
  'kind: Secret\ndata:\n',
  '\\\n',
  '\\\r\n',
  'password: |\n  ',
  'password =\n  ',
  '-----BEGIN ANY THING-----\n',
  '-----END ANY THING-----',
  'user x on >',
  'rocommunity ',
  'stats auth a:',
  'snmpwalk -c ',
  'echo x | passwd --stdin',
  'Basic ZXZlOnN3b3JkZmlzaDc=',
  '0123456789abcdef0123456789abcdef',
];
const assembled = fc
  .array(fc.constantFrom(...PIECES, ...MORE_PIECES), { maxLength: 30 })
  .map((pieces) => pieces.join(''));
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes): string => pathFromBytes(bytes));
const text = fc.oneof(assembled, anyBytes);

const CRYPT = [...'./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
const crypt = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...CRYPT), { minLength, maxLength }).map((characters) => characters.join(''));
const hash = fc.oneof(
  fc.tuple(
    fc.constantFrom('$1$', '$5$', '$6$', '$apr1$', '$y$j9T$', '$gy$j9T$', '$7$CU..../....', '$sha1$40000$'),
    crypt(0, 16),
    crypt(20, 86),
  ),
  fc.tuple(fc.constantFrom('$2a$10$', '$2b$12$', '$2y$05$'), fc.constant(''), crypt(53, 53)),
);

describe('redaction', () => {
  test('done twice is as done once, whatever the text', () => {
    fc.assert(
      fc.property(path, text, (file, content) => {
        const once = redact(file, content);
        expect(redact(file, once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  test('leaves no hash of a password anywhere in any file', () => {
    fc.assert(
      fc.property(path, hash, assembled, assembled, (file, [id, salt, digest], before, after) => {
        const secret = id.startsWith('$2') ? id + digest : `${id}${salt}$${digest}`;
        const redacted = redact(file, `${before} ${secret}\n${after}`);
        expect(redacted).not.toContain(digest);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([...PIECES, ...PIECES.map((piece) => `${piece}a`), ...PIECES.map((piece) => `"${piece} `)])(
    'takes time in proportion to its length when somebody repeats %j',
    (piece) => {
      const content = piece.repeat(Math.ceil(2 ** 18 / piece.length));
      for (const file of ['/etc/passwd', '/etc/app.yaml', '/root/.netrc', '/etc/ppp/chap-secrets', '/etc/aliases']) {
        expect(redact(pathFromText(file), content).length).toBeLessThanOrEqual(content.length * 14);
      }
    },
  );

  // A longer line is not looked through.
  test.each([...PIECES, ...MORE_PIECES])(
    'takes time in proportion to its length in a text just short enough to be looked through: %j',
    (piece) => {
      const text = piece.repeat(Math.floor(65_500 / piece.length));
      expect(redact(pathFromText('/etc/app.yaml'), text).length).toBeLessThanOrEqual(text.length * 14);
    },
  );
});
