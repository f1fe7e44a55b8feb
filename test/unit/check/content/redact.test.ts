import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { redact } from '../../../../src/check/content/redact.ts';
import { pathFromText } from '../../../../src/model/bytes.ts';
import { scratchDirectory } from '../../../support/scratch.ts';
import { makeKey } from '../../../support/ssh-keys.ts';

const at = (path: string, text: string) => redact(pathFromText(path), text);
const tag = (secret: string) => `<redacted ${createHash('sha256').update(secret, 'latin1').digest('hex').slice(0, 8)}>`;

const BODY = Array.from({ length: 5 }, (_, line) => Buffer.alloc(48, line + 65).toString('base64')).join('\n');
const SHA512 = '$6$Yw5hHt0x2Qk1$Vd7cX5zJk0mT8q4n1ZrB9sLw2uFyG6hPaEoI3xKvNtRbQjSlDmCgUfWiAeOyXzH7p5k1j3h9g2f8d6s4a0q1w2';
const SHA512_NEW = SHA512.replace('Vd7', 'Xd7');
const DES = 'rqXexS6ZhobKA';

describe('private keys are redacted', () => {
  test.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'OPENSSH PRIVATE KEY'])(
    'a block of %s keeps its first and last line, and digits that change with the key',
    (label) => {
      const block = `-----BEGIN ${label}-----\n${BODY}\n-----END ${label}-----\n`;
      expect(at('/etc/ssl/x.pem', `before\n${block}after\n`)).toBe(
        `before\n-----BEGIN ${label}-----\n${tag(BODY)}\n-----END ${label}-----\nafter\n`,
      );
    },
  );

  test('an OpenPGP block with armor headers, and one whose end was cut off', () => {
    const block = `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n${BODY}\n=abcd\n`;
    expect(at('/root/key.asc', `${block}-----END PGP PRIVATE KEY BLOCK-----\n`)).not.toContain(BODY.slice(0, 20));
    expect(at('/root/key.asc', block)).not.toContain(BODY.slice(0, 20));
  });

  test('a key in a string of JSON, in YAML, in a comment, and of PuTTY', () => {
    const json = `{"private": "-----BEGIN PRIVATE KEY-----\\n${BODY.replaceAll('\n', '\\n')}\\n-----END PRIVATE KEY-----\\n"}`;
    const indented = `key: |\n  -----BEGIN PRIVATE KEY-----\n  ${BODY.replaceAll('\n', '\n  ')}\n  -----END PRIVATE KEY-----\nother: 1`;
    const comment = `# -----BEGIN PRIVATE KEY-----\n# ${BODY.replaceAll('\n', '\n# ')}\n# -----END PRIVATE KEY-----\n`;
    const putty = `Private-Lines: 5\n${BODY}\nPrivate-MAC: 00\n`;
    for (const text of [json, indented, comment, putty]) {
      for (const line of BODY.split('\n')) expect(at('/etc/app.conf', text)).not.toContain(line);
    }
    expect(at('/etc/app.conf', indented)).toContain('other: 1');
  });

  test('a block in a comment does not hide the rule below it', () => {
    const text = '# -----BEGIN PRIVATE KEY-----\neve ALL=(ALL) ALL\n# -----END PRIVATE KEY-----\n';
    expect(at('/etc/sudoers', text)).toBe(text);
  });

  test('public keys and certificates stay', () => {
    const text = `-----BEGIN PUBLIC KEY-----\n${BODY}\n-----END PUBLIC KEY-----\n-----BEGIN CERTIFICATE-----\n${BODY}\n-----END CERTIFICATE-----\n`;
    expect(at('/etc/ssl/cert.pem', text)).toBe(text);
  });

  test('WireGuard keys', () => {
    const key = `${'aB3+'.repeat(10)}abc=`;
    expect(
      at(
        '/etc/wireguard/wg0.conf',
        `[Interface]\nPrivateKey = ${key}\n[Peer]\nPublicKey = ${key}\nPresharedKey=${key}\n`,
      ),
    ).toBe(`[Interface]\nPrivateKey = ${tag(key)}\n[Peer]\nPublicKey = ${key}\nPresharedKey=${tag(key)}\n`);
  });
});

describe('hashes of passwords are redacted', () => {
  test('in shadow, with what says that the account is locked', () => {
    expect(
      at(
        '/etc/shadow',
        `root:${SHA512}:19000:0:99999:7:::\nbin:*:19000::::::\neve:!${SHA512}:19000::::::\nold:${DES}:1::::::\n`,
      ),
    ).toBe(
      `root:${tag(SHA512)}:19000:0:99999:7:::\nbin:*:19000::::::\neve:!${tag(SHA512)}:19000::::::\nold:<redacted>:1::::::\n`,
    );
  });

  test('a changed one is seen to have changed', () => {
    expect(at('/etc/shadow', `a:${SHA512}:1::::::`)).not.toBe(at('/etc/shadow', `a:${SHA512_NEW}:1::::::`));
  });

  test.each(['/etc/passwd', '/etc/passwd-', '/var/backups/shadow.bak', '/etc/gshadow', '/srv/jail/etc/group'])(
    'a DES hash in the second column of %s',
    (path) => {
      expect(at(path, `x:${DES}:1:2:3:4:5\ny:x:1:2:3:4:5\nz::1:2:3:4:5\n`)).toBe(
        'x:<redacted>:1:2:3:4:5\ny:x:1:2:3:4:5\nz::1:2:3:4:5\n',
      );
    },
  );

  test.each([
    ['yescrypt', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'],
    ['gost-yescrypt', '$gy$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'],
    ['bcrypt', '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
    ['md5', '$1$abcdefgh$1234567890123456789012'],
    ['apr1', '$apr1$abcdefgh$1234567890123456789012'],
    ['sha256', '$5$rounds=5000$abcdefgh$1234567890123456789012345678901234567890123'],
    ['sha1', '$sha1$40000$jtNX3nZ2$hBNaIXkt4wBI2o5rsi8KejSjNqIq'],
    ['scrypt', '$7$CU..../....KDZ.pwd0123456$hijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP'],
    ['argon2', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b5dWRWJTmaaJObG'],
  ])('%s wherever it stands, with digits since it has a salt', (_, hash) => {
    expect(at('/etc/any.conf', `user root ${hash} # x`)).toBe(`user root ${tag(hash)} # x`);
    expect(at('/srv/www/.htpasswd', `eve:${hash}\n`)).toBe(`eve:${tag(hash)}\n`);
  });

  test('without a salt, without digits: otherwise a word list would find the password', () => {
    expect(at('/etc/x', 'a {SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g= b')).toBe('a {SHA}<redacted> b');
    expect(at('/etc/x', 'a $6$$abcdefghijklmnopq b')).toBe('a <redacted> b');
    expect(at('/etc/x', 'a {SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g12345 b')).toBe(
      `a {SSHA}${tag('W6ph5Mm5Pz8GgiULbPgzG37mj9g12345')} b`,
    );
  });
});

describe('passwords and tokens are redacted', () => {
  test.each([
    ['/etc/app.ini', 'password = hunter2', 'password = <redacted>'],
    ['/etc/app.ini', 'password=two words # and more', 'password=<redacted>'],
    ['/etc/app.ini', 'db_passwd: hunter2', 'db_passwd: <redacted>'],
    ['/etc/app.env', 'export API_KEY="hunter2"', 'export API_KEY="<redacted>"'],
    ['/etc/app.env', "SECRET='hunter2'x", "SECRET='<redacted>'<redacted>"],
    [
      '/etc/app.json',
      '{"user": "x", "password": "two \\" words", "port": 1}',
      '{"user": "x", "password": "<redacted>", "port": 1}',
    ],
    ['/etc/app.yaml', 'a:\n  password: |\n    hunter2\n    more\n  port: 1', 'a:\n  password: <redacted>\n  port: 1'],
    ['/etc/app.yaml', 'x: {token: hunter2, port: 1}', 'x: {token: <redacted>'],
    ['/etc/bind/rndc.key', '  secret "aHVudGVyMg==";', '  secret "<redacted>";'],
    ['/etc/redis.conf', 'requirepass hunter2', 'requirepass <redacted>'],
    ['/etc/crontab', '1 2 * * * root dump --password=hunter2 --all', '1 2 * * * root dump --password=<redacted> --all'],
    [
      '/etc/crontab',
      '1 2 * * * root dump --password "hunter 2" --all',
      '1 2 * * * root dump --password "<redacted>" --all',
    ],
    [
      '/etc/crontab',
      '1 2 * * * root mysqldump -u root -phunter2 db',
      '1 2 * * * root mysqldump -u root -p<redacted> db',
    ],
    ['/etc/crontab', '1 2 * * * root curl -u eve:hunter2 http://x', '1 2 * * * root curl -u eve:<redacted> http://x'],
    [
      '/etc/systemd/system/x.service',
      'Environment="PGPASSWORD=two words" "X=1"',
      'Environment="PGPASSWORD=<redacted>" "X=1"',
    ],
    ['/etc/fstab', '//s/x /x cifs user=x,password=hunter2 0 0', '//s/x /x cifs user=x,password=<redacted> 0 0'],
    ['/etc/wpa_supplicant.conf', '  psk="hunter2hunter2"', '  psk="<redacted>"'],
    [
      '/etc/apt/sources.list',
      'deb https://eve:hunter2@example.org/debian x',
      'deb https://eve:<redacted>@example.org/debian x',
    ],
    [
      '/etc/mail/authinfo',
      'AuthInfo:mx "U:root" "I:eve" "P:hunter2" "M:PLAIN"',
      'AuthInfo:mx "U:root" "I:eve" "P:<redacted>" "M:PLAIN"',
    ],
    ['/etc/mail/access', 'AuthInfo:mx "U:root" "P=aHVudGVyMg=="', 'AuthInfo:mx "U:root" "P=<redacted>"'],
    ['/etc/postfix/sasl_passwd', '[mx]:587 eve:hunter2', '[mx]:587 eve:<redacted>'],
    ['/etc/ppp/chap-secrets', '"an isp" * hunter2 *', '"an isp" * <redacted> *'],
    ['/etc/ipsec.secrets', '%any : PSK "hunter2"', '%any : PSK <redacted>'],
    ['/root/.netrc', 'machine x login eve password hunter2', 'machine x login eve password <redacted>'],
    ['/etc/apt/auth.conf.d/x.conf', 'machine x login eve password hunter2', 'machine x login eve password <redacted>'],
    ['/etc/sssd/sssd.conf', 'ldap_default_authtok = hunter2', 'ldap_default_authtok = <redacted>'],
    ['/etc/sssd/sssd.conf', 'ldap_default_authtok_type = password', 'ldap_default_authtok_type = password'],
    ['/etc/mysql/init.sql', 'CREATE USER eve IDENTIFIED BY "hunter2";', 'CREATE USER eve IDENTIFIED BY "<redacted>";'],
    ['/root/.pgpass', 'h:5432:*:eve:hunter:2', 'h:5432:*:eve:<redacted>'],
    ['/etc/exim4/passwd', 'eve:rqXexS6ZhobKA:hunter2', 'eve:<redacted>:<redacted>'],
    ['/etc/x', 'Authorization: Bearer hunter2hunter2', 'Authorization: Bearer <redacted>'],
  ])('%s: %s', (path, text, redacted) => {
    expect(at(path, text)).toBe(redacted);
  });

  test('tokens by their form, and keys of AWS, with digits since nobody chose them', () => {
    const token = `ghp_${'aB3x'.repeat(9)}`;
    const aws = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    expect(at('/etc/x', `use ${token}.`)).toBe(`use ${tag(token)}.`);
    expect(at('/root/.aws/credentials', `aws_secret_access_key = ${aws}`)).toBe(`aws_secret_access_key = ${tag(aws)}`);
  });
});

describe('what is no secret stays readable', () => {
  test.each([
    ['/etc/nsswitch.conf', 'passwd:         files systemd\nshadow: files'],
    ['/etc/pam.d/common-password', 'password [success=1 default=ignore] pam_unix.so obscure use_authtok'],
    ['/etc/sudoers', 'eve ALL=(ALL) NOPASSWD: ALL\nDefaults passwd_timeout=5'],
    [
      '/etc/ssh/sshd_config',
      'PasswordAuthentication yes\nPermitEmptyPasswords=yes\nAuthorizedKeysFile .ssh/authorized_keys',
    ],
    ['/etc/app.conf', 'password_file = /etc/secret.txt\npassword = $PASSWORD\ntoken: $TOKEN\nbypass = 1\nPWD=/root'],
    ['/etc/services', 'kpasswd\t464/tcp\npasswd-server\t752/udp'],
    ['/etc/ssl/x.cnf', 'private_key = $dir/private/ca.pem\ndialog --no-ask-password --full'],
    ['/etc/aliases', 'password-reset: "|/usr/bin/reset"\ntoken: root'],
    ['/etc/passwd', 'token:x:1000:1000:secret: a:/home/token:/bin/bash'],
    ['/etc/x', 'see https://example.org:8080/a@b and $1 and $2'],
  ])('%s', (path, text) => {
    expect(at(path, text)).toBe(text);
  });
});

describe('a line that somebody added is not hidden by the line above it', () => {
  const JOB = '* * * * * root /tmp/evil --now';
  test.each([
    ['/etc/cron.d/x', `PASSWORD=x\\\n${JOB}`, JOB],
    ['/etc/cron.d/x', `PASSWORD=\n  ${JOB}`, JOB],
    ['/etc/cron.d/x', `PASSWORD=(\n${JOB}\n)`, JOB],
    ['/etc/cron.d/x', `PASSWORD="x\n${JOB}\n"`, JOB],
    ['/etc/cron.d/x', `PASSWORD: |\n  ${JOB}`, JOB],
    ['/etc/cron.d/x', `<password>\n${JOB}\n</password>`, JOB],
    ['/etc/sudoers', 'Defaults passprompt_password=(\neve ALL=(ALL) NOPASSWD: ALL', 'eve ALL=(ALL) NOPASSWD: ALL'],
    ['/etc/ssh/sshd_config', 'Password x\\\nPermitRootLogin yes', 'PermitRootLogin yes'],
    ['/etc/ssh/sshd_config', 'Secret =\n  PermitRootLogin yes', 'PermitRootLogin yes'],
    ['/etc/passwd', 'a:x:1:1:password=\\:/:/bin/sh\nevil:x:0:0::/:/bin/sh', 'evil:x:0:0::/:/bin/sh'],
    ['/etc/app.conf', 'password = x\\\nrun = /tmp/evil', 'run = /tmp/evil'],
    ['/etc/app.conf', 'password = x\\\nrun /tmp/evil', 'run /tmp/evil'],
    ['/etc/app.conf', 'password = (\nrun /tmp/evil\n)', 'run /tmp/evil'],
    ['/etc/app.conf', 'password = "x\nrun /tmp/evil\n"', 'run /tmp/evil'],
    ['/etc/app.conf', 'password =\n    run /tmp/evil', 'run /tmp/evil'],
    ['/etc/app.conf', '<password>\nrun /tmp/evil\nstop\n</password>', 'run /tmp/evil'],
    ['/etc/app.conf', '<auth-user-pass>\nrun /tmp/evil\n</auth-user-pass>', 'run /tmp/evil'],
    ['/etc/app.conf', '# password: |\n  run = /tmp/evil', 'run = /tmp/evil'],
    ['/etc/app.conf', '[secrets]\ncore_pattern = |/tmp/evil', 'core_pattern = |/tmp/evil'],
    ['/etc/ld.so.preload', 'password = (\n/tmp/evil.so\n)', '/tmp/evil.so'],
    ['/etc/app.yaml', '# password: |\n  run: /tmp/evil', 'run: /tmp/evil'],
    ['/etc/app.yaml', 'password:\n  run: /tmp/evil', 'run: /tmp/evil'],
    ['/etc/hosts.allow', '----- BEGIN X -----\nALL: ALL\n----- END X -----', 'ALL: ALL'],
  ])('%s: %j', (path, text, line) => {
    expect(at(path, text)).toContain(line);
  });
});

test('a secret of several parts, and one whose letters hold a byte that looks blank, leave nothing', () => {
  const parts = "'a1b2c3'.".repeat(20_000);
  expect(at('/etc/x.php', `$password = ${parts}'z9';`.slice(0, 60_000))).not.toContain('a1b2c3');
  const accented = Buffer.from('eve * voil\u00e0tail9 *').toString('latin1');
  expect(at('/etc/ppp/chap-secrets', accented)).toBe('eve * <redacted> *');
});

test('a real key that ssh-keygen makes leaves nothing of itself', () => {
  const key = readFileSync(makeKey(scratchDirectory(), 'id').file, 'latin1');
  const redacted = at('/root/.ssh/id_ed25519', key);
  for (const line of key.split('\n').slice(1, -2)) expect(redacted).not.toContain(line);
  expect(redacted.split('\n')).toHaveLength(4);
});
