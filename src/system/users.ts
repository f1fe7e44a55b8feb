/**
 * Names of users and groups from the examined system's own /etc/passwd and /etc/group (passwd(5), group(5)). On the
 * running system a name that is not in the files is asked of getent(1), which knows LDAP and the like; for another root
 * it is not, since the ids mean what that system says. Nothing is read before the first question.
 */
import { type Path, pathFromLatin1, pathFromText, printable, ROOT } from '../model/bytes.ts';
import { SystemError } from '../model/errors.ts';
import { type HelperResult, runHelper } from './helper-program.ts';
import { readRootedFile } from './rooted-file.ts';

const FILE_LIMIT = 64 * 1024 * 1024;
const GETENT = '/usr/bin/getent';
const GETENT_MILLISECONDS = 3000;
const LARGEST_ID = 0xffff_ffff;

type Database = 'passwd' | 'group';

interface Account {
  /** Bytes, one character a byte. */
  readonly name: Path;
  readonly id: number;
}

/** `name:password:id:…`; undefined for lines of another form, and for the `+name` of NIS, which name no account. */
function parseAccount(line: string): Account | undefined {
  const [name, , id] = line.split(':');
  if (name === undefined || name === '' || /^[+#-]/.test(name)) return undefined;
  if (id === undefined || !/^\d{1,10}$/.test(id) || Number(id) > LARGEST_ID) return undefined;
  return { name: pathFromLatin1(name), id: Number(id) };
}

/** One of the two databases; of several lines for one name or id the first counts, as for the C library. */
class Accounts {
  readonly #rootDirectory: Path;
  readonly #database: Database;
  readonly #names = new Map<number, Path | undefined>();
  readonly #ids = new Map<Path, number | undefined>();
  #isRead = false;
  #asksGetent: boolean;

  constructor(rootDirectory: Path, database: Database) {
    this.#rootDirectory = rootDirectory;
    this.#database = database;
    this.#asksGetent = rootDirectory === ROOT;
  }

  /** The name as printable text. */
  nameOf(id: number): string | undefined {
    this.#readFile();
    if (!this.#names.has(id)) this.#names.set(id, this.#ask(String(id), (account) => account.id === id)?.name);
    const name = this.#names.get(id);
    return name === undefined ? undefined : printable(name);
  }

  idOf(text: string): number | undefined {
    this.#readFile();
    const name = pathFromText(text);
    // getent takes digits for an id and not for a name, and a control character cannot be part of a name.
    const canAsk = /^[^\d\0-\x1f:][^\0-\x1f:]*$/.test(name);
    if (!this.#ids.has(name)) {
      this.#ids.set(name, canAsk ? this.#ask(text, (account) => account.name === name)?.id : undefined);
    }
    return this.#ids.get(name);
  }

  #readFile(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    for (const line of this.#fileText().split('\n')) {
      const account = parseAccount(line);
      if (account === undefined) continue;
      if (!this.#names.has(account.id)) this.#names.set(account.id, account.name);
      if (!this.#ids.has(account.name)) this.#ids.set(account.name, account.id);
    }
  }

  /** A file that cannot be read counts as empty: ids then stay numbers, and a required name is one that is unknown. */
  #fileText(): string {
    try {
      const path = pathFromLatin1(`/etc/${this.#database}`);
      return readRootedFile(this.#rootDirectory, path, FILE_LIMIT)?.toString('latin1') ?? '';
    } catch (error) {
      if (error instanceof SystemError) return '';
      throw error;
    }
  }

  #ask(key: string, isWanted: (account: Account) => boolean): Account | undefined {
    if (!this.#asksGetent) return undefined;
    let result: HelperResult;
    try {
      result = runHelper(GETENT, ['--', this.#database, key], { timeout: GETENT_MILLISECONDS });
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      // Not installed, or a directory service that does not answer: not asked again.
      this.#asksGetent = false;
      return undefined;
    }
    if (result.status !== 0) return undefined;
    const account = parseAccount(result.stdout.split('\n', 1)[0] ?? '');
    return account !== undefined && isWanted(account) ? account : undefined;
  }
}

/** Names and numbers of one system's users and groups. Unknown ones are undefined; nothing here throws. */
export class Users {
  readonly #users: Accounts;
  readonly #groups: Accounts;

  /** `rootDirectory`: '/' for the running system. */
  constructor(rootDirectory: Path) {
    this.#users = new Accounts(rootDirectory, 'passwd');
    this.#groups = new Accounts(rootDirectory, 'group');
  }

  /** Printable name of a user. */
  userName(uid: number): string | undefined {
    return this.#users.nameOf(uid);
  }

  /** Printable name of a group. */
  groupName(gid: number): string | undefined {
    return this.#groups.nameOf(gid);
  }

  uidOf(name: string): number | undefined {
    return this.#users.idOf(name);
  }

  gidOf(name: string): number | undefined {
    return this.#groups.idOf(name);
  }
}
