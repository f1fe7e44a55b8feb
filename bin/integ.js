#!/usr/bin/env node
// Nothing but the guard: a syntax that an old Node.js cannot read must not be what an administrator sees first.
import { existsSync } from 'node:fs';

const OLDEST = [22, 14];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  const { handOver } = await import('./hand-over.js');
  handOver(`${OLDEST.join('.')} or later`);
} else {
  if (process.env.INTEG_PARENT !== undefined) (await import('./hand-over.js')).endWithParent();
  const { main } = await import('../dist/cli/main.js').catch((error) => {
    if (existsSync(new URL('../dist/cli/main.js', import.meta.url))) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      process.stderr.write(
        'integ: the installation of integ is incomplete (hint: install its package anew, or npm ci && npm run build)\n',
      );
      process.exit(71);
    }
    process.stderr.write('integ: this checkout is not built (hint: npm ci && npm run build)\n');
    process.exit(70);
  });
  await main(process.argv);
}
