/** Which files hold secrets and little else, so that no text of them is kept whatever their mode. */
import { describe, expect, test } from 'vitest';
import { pathFromText } from '../../../src/model/bytes.ts';
import { isSecretFile } from '../../../src/model/secret-files.ts';

describe('no text is kept of', () => {
  test.each([
    '/etc/ssh/ssh_host_ed25519_key',
    '/etc/ssh/ssh_host_rsa_key.bak',
    '/root/.ssh/id_ed25519',
    '/home/eve/.ssh/id_work',
    '/etc/ssl/private/site.key',
    '/etc/pki/tls/private/localhost.key',
    '/etc/letsencrypt/live/example.org/privkey.pem',
    '/etc/krb5.keytab',
    '/srv/jail/etc/krb5.keytab',
    '/root/.pgpass',
    '/root/.my.cnf',
    '/root/.netrc',
    '/root/.git-credentials',
    '/root/.docker/config.json',
    '/root/.kube/config',
    '/root/.aws/credentials',
    '/root/.google_authenticator',
    '/etc/postfix/sasl_passwd',
    '/etc/postfix/sasl_passwd.db',
    '/etc/postfix/sasl_passwd~',
    '/etc/ppp/chap-secrets',
    '/etc/ipsec.secrets',
    '/etc/rsyncd.secrets',
    '/etc/openvpn/client/auth.txt',
    '/etc/openvpn/login.conf',
    '/etc/openvpn/ta.key',
    '/etc/bind/rndc.key',
    '/etc/ntp.keys',
    '/etc/chrony/chrony.keys',
    '/etc/mysql/debian.cnf',
    '/etc/exim4/passwd.client',
    '/etc/samba/nas.credentials',
    '/etc/kubernetes/admin.conf',
    '/run/secrets/db_password',
    '/etc/app/secrets/db',
    '/etc/app/db.password',
    '/etc/app/api.token',
    '/etc/app/credentials.json',
    '/etc/munge/munge.key',
    '/var/lib/rabbitmq/.erlang.cookie',
    '/etc/wireguard/private.key',
  ])('%s', (path) => {
    expect(isSecretFile(pathFromText(path))).toBe(true);
  });
});

describe('a text may be kept, with its secrets replaced, of', () => {
  test.each([
    '/etc/passwd',
    '/etc/group',
    // What else changes in them is worth being told; the columns with passwords are replaced.
    '/etc/shadow',
    '/etc/gshadow',
    '/etc/pam.d/passwd',
    '/etc/pam.d/common-password',
    '/etc/ssh/sshd_config',
    '/etc/ssh/ssh_host_ed25519_key.pub',
    '/root/.ssh/id_ed25519.pub',
    '/root/.ssh/authorized_keys',
    '/root/.ssh/config',
    '/etc/ssl/openssl.cnf',
    '/etc/ssl/certs/site.pem',
    '/etc/postfix/main.cf',
    '/etc/openvpn/server.conf',
    '/etc/wireguard/wg0.conf',
    '/etc/secrets',
    '/etc/nsswitch.conf',
    '/etc/kubernetes/manifests/kube-apiserver.yaml',
    '/etc/tls.key',
    '/etc/systemd/system/secret.service',
  ])('%s', (path) => {
    expect(isSecretFile(pathFromText(path))).toBe(false);
  });
});
