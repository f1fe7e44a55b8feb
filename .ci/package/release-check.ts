/**
 * Makes everything that a release consists of, twice, in two folders, each from a clone of HEAD that nothing else was
 * in, and holds one against the other: `npm run release:check [-- --key NAME]`. What was equal, its digests and their
 * signature are in dist-packages afterwards.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKOUT, inScratch, PACKAGE, run, sourceDate } from './checkout.ts';

const OUTPUT = join(CHECKOUT, 'dist-packages');
const SUMS = 'SHA256SUMS';

/** Makes all artefacts in a new clone below `folder`. Gives back where they are. */
function make(folder: string, environment: Readonly<Record<string, string>>): string {
  const clone = join(folder, 'integ');
  run('git', ['clone', '--quiet', '--no-local', CHECKOUT, clone]);
  run('git', ['checkout', '--quiet', run('git', ['rev-parse', 'HEAD']).trim()], { cwd: clone });
  run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: clone });
  run('npm', ['run', 'build'], { cwd: clone, environment });
  const node = join(clone, 'node_modules/.bin/node');
  for (const script of ['deb', 'rpm', 'tar', 'release-papers']) {
    process.stdout.write(run(node, [`.ci/package/${script}.ts`], { cwd: clone, environment }));
  }
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', 'dist-packages'], { cwd: clone, environment });
  return join(clone, 'dist-packages');
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
function refuse(names: readonly string[], folders: readonly [string, string]): never {
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

const { values } = parseArgs({ options: { key: { type: 'string' } } });
if (values.key !== undefined) keyFile(values.key);
if (run('git', ['status', '--porcelain']) !== '') {
  process.stdout.write('What is not committed is not in what follows.\n');
}
rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT);
const environment = { SOURCE_DATE_EPOCH: String(sourceDate()) };
process.stdout.write(`integ ${PACKAGE.version}, SOURCE_DATE_EPOCH=${environment.SOURCE_DATE_EPOCH}\n`);
inScratch((first) =>
  inScratch((second) => {
    const folders: [string, string] = [make(first, environment), make(second, environment)];
    const [one, other] = [digests(folders[0]), digests(folders[1])];
    const names = [...new Set([...one.keys(), ...other.keys()])].sort();
    const differing = names.filter((name) => one.get(name) !== other.get(name));
    if (differing.length > 0) refuse(differing, folders);
    publish(folders[0], one, values.key);
  }),
);
