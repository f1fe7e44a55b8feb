#!/usr/bin/env node
// Nothing but the guard: a syntax that an old Node cannot read must not be what an administrator sees first.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`integ: Node.js ${process.versions.node} is too old (hint: install Node.js 20.19 or later)\n`);
  process.exitCode = 70;
} else {
  const { main } = await import('../dist/cli/main.js');
  await main(process.argv);
}
