/**
 * Makes everything that a release consists of, twice, in two folders, each from a clone of HEAD that nothing else was
 * in, and holds one against the other: `npm run release:check [-- --key NAME]`. What was equal, its digests and their
 * signature are in dist-packages afterwards.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { CHECKOUT, PACKAGE, run, sourceDate } from './checkout.ts';

const OUTPUT = join(CHECKOUT, 'dist-packages');
const SUMS = 'SHA256SUMS';

const execute = promisify(execFile);

/** Makes all artefacts in a new clone below `folder`. Gives back where they are. */
async function make(folder: string, env: NodeJS.ProcessEnv, how: readonly string[]): Promise<string> {
  const script = join(import.meta.dirname, 'release-artefacts.ts');
  return (await execute(process.execPath, [script, ...how, folder], { env, maxBuffer: 1 << 28 })).stdout;
}

function digests(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );
}

/** A private key, or the public half of one that an agent holds, by its path or by its name in ~/.ssh. */
function keyFile(key: string): string {
  const found = [key, join(homedir(), '.ssh', key)].find((file) => existsSync(file));
  if (found === undefined) throw new Error(`there is no key ${key}, neither here nor in ~/.ssh`);
  return found;
}

/** Puts the two folders of what differs aside, to be looked at. */
function refuse(names: readonly string[], folders: readonly string[]): never {
  const kept = ['first', 'second'].map((which) => join(OUTPUT, 'differing', which));
  for (const [index, folder] of folders.entries()) {
    mkdirSync(kept[index] ?? '', { recursive: true });
    for (const name of names) {
      const made = join(folder, name);
      if (existsSync(made)) copyFileSync(made, join(kept[index] ?? '', name));
    }
  }
  const commands = names.map((name) => `  diffoscope ${kept.map((folder) => join(folder, name)).join(' ')}`);
  throw new Error(`these are not the same when they are made again:\n${commands.join('\n')}`);
}

function publish(folder: string, made: ReadonlyMap<string, string>, key: string | undefined): void {
  for (const name of made.keys()) copyFileSync(join(folder, name), join(OUTPUT, name));
  const sums = [...made].map(([name, digest]) => `${digest}  ${name}\n`).join('');
  writeFileSync(join(OUTPUT, SUMS), sums);
  process.stdout.write(`\n${sums}`);
  if (key === undefined) {
    process.stdout.write(`\n${SUMS} is not signed: --key names an SSH key\n`);
    return;
  }
  run('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'file', '-f', keyFile(key), join(OUTPUT, SUMS)]);
  process.stdout.write(`\nsigned: ${join(OUTPUT, `${SUMS}.sig`)}\n`);
}

const { values } = parseArgs({
  options: {
    key: { type: 'string' },
    // Less compressed, to see sooner whether it is all the same: nothing to publish.
    quick: { type: 'boolean', default: false },
  },
});
if (values.key !== undefined) keyFile(values.key);
if (run('git', ['status', '--porcelain']) !== '') {
  process.stdout.write('What is not committed is not in what follows.\n');
}
rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT);
const environment = { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate()) };
process.stdout.write(`integ ${PACKAGE.version}, SOURCE_DATE_EPOCH=${environment.SOURCE_DATE_EPOCH}\n`);
const scratch = ['first', 'second'].map(() => mkdtempSync(join(tmpdir(), 'integ-release-')));
try {
  const how = values.quick ? ['--quick'] : [];
  const folders = await Promise.all(scratch.map((folder) => make(folder, environment, how)));
  const [one = new Map<string, string>(), other = one] = folders.map(digests);
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  const differing = names.filter((name) => one.get(name) !== other.get(name));
  if (differing.length > 0) refuse(differing, folders);
  publish(folders[0] ?? '', one, values.key);
} finally {
  for (const folder of scratch) rmSync(folder, { recursive: true, force: true });
}
