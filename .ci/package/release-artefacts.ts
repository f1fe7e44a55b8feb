/**
 * Makes everything that a release consists of, once, from a clone of HEAD in the folder that is named: release-check
 * has it done in two. Prints where it all is.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKOUT, run } from './checkout.ts';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) throw new Error('name a folder');
// Of the same name each time: npm takes it into what it says.
const clone = join(folder, 'integ');
run('git', ['clone', '--quiet', '--no-local', CHECKOUT, clone]);
run('git', ['checkout', '--quiet', '--detach', run('git', ['rev-parse', 'HEAD']).trim()], { cwd: clone });
run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: clone });
run('npm', ['run', 'build'], { cwd: clone });
const node = join(clone, 'node_modules/.bin/node');
const how = values.quick ? ['--quick'] : [];
for (const kind of ['deb', 'rpm', 'tar']) run(node, [`.ci/package/${kind}.ts`, ...how], { cwd: clone });
run(node, ['.ci/package/release-papers.ts'], { cwd: clone });
run('npm', ['pack', '--ignore-scripts', '--pack-destination', 'dist-packages'], { cwd: clone });
process.stdout.write(join(clone, 'dist-packages'));
