/**
 * Files that hold secrets and little else, told by their path alone, counted from its end. Whatever their mode and
 * whatever a policy says, no text of them is kept or shown: what differs in them is told by their digests.
 *
 * Files of accounts (shadow, gshadow, htpasswd and their like) are not here: of those the columns with passwords are
 * replaced (check/content/redaction/secret-columns.ts), and what else changes in them is worth being told.
 */
import { baseName, type Path, parentPath } from './bytes.ts';
import { originalName } from './copies.ts';

const COMPRESSED = /\.(?:gz|bz2|xz|zst|enc|gpg|age)$/;

/** One row a family: names without what marks a copy, such as `.bak` and `~`. */
const NAMES: readonly RegExp[] = [
  // Private keys of SSH and of what speaks TLS.
  /^ssh_host_\w{1,40}_key$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519|xmss)(?:_sk)?$/,
  /^(?:privkey|private|server-key|client-key|ca-key|cakey|dhkey)\d{0,6}\.(?:pem|key|der)$/i,
  /^[\w.-]{1,120}[._-](?:priv|private|privkey|prv)(?:\.(?:pem|key|der|asc|jwk|json))?$/i,
  /\.(?:p12|pfx|jks|jceks|bcfks|keystore|kdbx?|ppk|keytab|agekey|pvk|p8|wallet)$/i,
  /^(?:secring\.gpg|private-keys-v1\.d|secmod\.db|key[34]\.db|cwallet\.sso|ewallet\.p12|stash|\.k5\.[\w.-]+)$/,
  // Kerberos, mail, networks of the operating system.
  /^(?:krb5|krb5\w*|http|nfs|imap|smtp|ldap|postgres|sssd)\.keytab$/i,
  /^sasldb2?$|^sasl_?passwd(?:\.(?:db|lmdb|cdb|dir|pag))?$|^(?:smtp|relay|esmtp)_?(?:passwd|passwords?)(?:\.db)?$/,
  /^(?:chap|pap|srp|eap|l2tp|ppp|pptp)-?secrets$/,
  /^(?:ipsec|swanctl|strongswan|davfs2|rsyncd?|smb|cifs|ldap|nslcd|libnss-ldap|pam_ldap|tsig|ddns|secrets)\.secrets?$/,
  /^secrets\.tdb$|^passdb\.tdb$|^smbpasswd$/,
  /^(?:ntp|chrony|ntpsec)\.keys$/,
  /^psk\.txt$|^hostapd\.(?:wpa_)?psk$|^authkeys?$|^munge\.key$|^corosync\.key$/,
  /^rndc\.key$|^session\.key$|^(?:tsig|ddns|update|acme)[\w.-]{0,60}\.key$|^K[\w.-]{1,200}\+\d{3}\+\d{5}\.private$/,
  // What clients keep in a home directory.
  /^\.?pgpass(?:\.conf)?$|^\.(?:my|mylogin)\.cnf$|^\.mylogin\.cnf$/,
  /^[._](?:netrc|authinfo)$|^\.git-credentials$|^\.cvspass$|^\.?vault[_-]token$|^\.vault[_-]pass(?:word)?(?:\.txt)?$/,
  /^\.(?:fetchmailrc|msmtprc|mbsyncrc|getmailrc|smbcredentials|cifs(?:credentials|pass\w*)|passwd-s3fs|pypirc|boto|s3cfg|dockercfg|Xauthority|ICEauthority|erlang\.cookie|google_authenticator|htpassphrase)$/,
  /^(?:passwd-s3fs|\.?erlang\.cookie|cookie-secret|master\.key|authd\.pass|client\.keys|default-auth-info|identity\.secret|recovery-codes\.txt|unseal[_-]keys?(?:\.\w{1,5})?)$/,
  /^(?:ecryptfs-)?wrapped-passphrase$|^\.encfs\d\.xml$|^luks[\w.-]{0,40}\.key$|^(?:crypto_)?keyfile(?:\.bin)?$/,
  // Names that say it: password files of OpenVPN, cifs and others.
  /^(?:[\w.-]{0,60}[._-])?(?:userpass|user-pass|passfile|pass-file|pwfile|pw-file|askpass|auth-user-pass|passphrase|passwordfile|password-file|credfile|creds?|smbcredentials|cifs-?cred(?:ential)?s?|smb-?cred(?:ential)?s?)(?:\.(?:txt|conf|cfg|ini|cred|dat))?$/i,
  /^[\w.-]{0,80}\.(?:pass|password|passwd|passphrase|pwd|psk|token|apikey|creds?|credentials|secret|secrets)$/i,
  /^(?:[\w.-]{0,60}[._-])?(?:passwords?|secrets?|credentials?|tokens?|api-?keys?|passphrase)\.(?:txt|dat|env|json|ya?ml|ini|toml|conf|cfg|xml|properties)$/i,
];

/** Base names that end so and hold no secret. */
const NO_SECRET_FILE = /^(?:default|common|system|nsswitch|login)\.passwd$|^(?:pam|pwquality)\.\w+$/;

/** Places: the whole path. */
const PLACES: readonly RegExp[] = [
  /\/(?:etc|usr\/local\/etc)\/(?:ssl|pki(?:\/[\w.-]{1,60})?)\/private\//,
  /\/(?:run|var\/run)\/(?:secrets|credentials|agenix|user\/\d+\/secrets)\//,
  /\/etc\/(?:[\w.-]{1,60}\/){0,3}(?:secrets(?:\.d)?|private-keys|credstore(?:\.encrypted)?|ssl-private)\/[^/]/,
  /\/etc\/(?:ppp|l2tpd?|xl2tpd|swanctl|strongswan|ipsec\.d|raddb|radiusclient(?:-ng)?|freeradius)\/(?:[\w.-]{1,60}\/){0,3}(?:(?:chap|pap|srp)-secrets|servers|server|private\/[^/]{1,200}|secrets?)$/,
  /\/etc\/swanctl\/(?:private|rsa|ecdsa|pkcs8|pkcs12|bliss)\//,
  /\/etc\/openvpn\/(?:[\w.-]{1,60}\/){0,3}[\w.-]{0,60}(?:auth|pass|login|up|pw|cred|user)[\w.-]{0,40}(?:\.(?:txt|pass|up|auth|login|conf\.auth|dat))?$/i,
  /\/etc\/openvpn\/(?:[\w.-]{1,60}\/){0,3}(?:ta|tls-auth|tc|tls-crypt(?:-v2)?|static|secret|server|client|dh)\.key$/,
  /\/etc\/letsencrypt\/(?:archive|live)\/[^/]+\/privkey\d*\.pem$|\/etc\/letsencrypt\/accounts\/.{1,300}\/private_key\.json$/,
  /\/(?:\.ssh|\.gnupg\/private-keys-v1\.d|\.password-store)\/(?:id_[\w.-]{1,60}(?<!\.pub)|[^/]{1,200}\.(?:key|gpg|pem))$/,
  /\/\.(?:aws\/credentials|azure\/(?:accessTokens|msal_token_cache)\.json|docker\/config\.json|kube\/config|oci\/oci_api_key\.pem|config\/gh\/hosts\.yml|config\/gcloud\/(?:application_default_credentials\.json|credentials\.db|access_tokens\.db)|config\/rclone\/rclone\.conf|composer\/auth\.json|config\/composer\/auth\.json|cargo\/credentials(?:\.toml)?|gem\/credentials|terraform\.d\/credentials\.tfrc\.json|subversion\/auth\/.{1,200}|config\/git\/credentials|m2\/settings-security\.xml|vnc\/passwd|irssi\/passwd|config\/sops\/age\/keys\.txt|local\/share\/keyrings\/.{1,100})$/,
  /\/etc\/kubernetes\/(?:[\w-]{1,60}\.conf|pki\/(?:[\w-]{1,60}\/)?[\w-]{1,60}\.key)$|\/var\/lib\/kubelet\/(?:config\.json|pki\/.{1,200}(?:key|current)\.pem)$/,
  /\/etc\/rancher\/(?:k3s|rke2)\/(?:k3s|rke2)\.yaml$|\/var\/lib\/rancher\/(?:k3s|rke2)\/server\/(?:node-|agent-)?token$/,
  /\/etc\/(?:libnss-ldap|pam_ldap|ldap|nslcd|openldap\/ldap)\.secret$|\/etc\/ldap\/[\w.-]{1,60}\.secret$/,
  /\/etc\/mysql\/debian\.cnf$|\/etc\/exim4?\/passwd\.client$|\/etc\/davfs2\/secrets$|\/etc\/mail\/(?:secrets|authinfo|auth\/[\w.-]{1,60}|default-auth-info)$/,
  /\/etc\/postfix\/(?:[\w.-]{1,60}\/)?(?:sasl|smtp|relay|tls)_?passw\w{0,10}(?:\.db)?$/,
  /\/(?:etc\/krb5kdc|var\/kerberos\/krb5kdc|var\/lib\/krb5kdc)\/(?:stash|\.k5\.[\w.-]{1,100}|kadm5\.keytab)$/,
  /\/var\/lib\/(?:rabbitmq|ejabberd|couchdb)\/\.erlang\.cookie$|\/var\/lib\/zerotier-one\/(?:identity|authtoken)\.secret$/,
  /\/etc\/(?:munge\/munge\.key|corosync\/authkey|pacemaker\/authkey|ha\.d\/authkeys|bind\/[\w./-]{1,100}\.private|x2go\/[\w.-]{1,60}pw)$/,
  /\/etc\/(?:samba|cifs|fstab\.d|auto\.\w{1,20})\/(?:[\w.-]{1,60}[._-])?(?:cred(?:ential)?s?|password|smbpasswd)[\w.-]{0,60}$/,
  /\/(?:deluged?|deluge-daemon)\/auth$/,
  /\/etc\/wireguard\/(?:[\w.-]{0,60}[._-])?(?:private|priv|psk|preshared)[\w.-]{0,40}$/,
];

/** Whether no text of the file is ever kept or shown. */
export function isSecretFile(path: Path): boolean {
  const parent = parentPath(path);
  const name = originalName(baseName(path)).replace(COMPRESSED, '');
  const whole = `${parent === '/' ? '' : parent}/${name}`;
  if (NO_SECRET_FILE.test(name)) return false;
  return NAMES.some((pattern) => pattern.test(name)) || PLACES.some((pattern) => pattern.test(whole));
}
