/** Reports that reach people, and those that wait because they could not: with real web servers and a mail program. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/report/schema.ts';
import { type Box, box, expectFailure, type Outcome, type RunOptions } from '../support/integ.ts';
import { breaches } from '../support/json-schema.ts';
import { isRoot } from '../support/privileges.ts';
import { works } from '../support/programs.ts';
import { HAS_STRACE } from '../support/strace.ts';
import { until } from '../support/waiting.ts';
import { type Answer, type Hook, webhookServer } from '../support/webhook-server.ts';

const SECRET = 'of 32 bytes or more, as they say';

/** Runs integ while this process goes on to serve. */
function run(it: Box, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return it.start(args, options).ended;
}

/** A box with a baseline whose policy has these lines below `notify`, and a change since then. */
function boxWith(...lines: readonly string[]): Box {
  const it = box();
  writeFileSync(join(it.directory, 'key'), `${SECRET}\n`, { mode: 0o600 });
  it.file('house');
  it.policyText(
    `version: 1\nname: test\nrules: [{ name: tree, paths: ['${it.tree}'] }]\nnotify:\n` +
      lines.map((line) => `  ${line.replaceAll('$BOX', it.directory)}\n`).join(''),
  );
  it.init();
  it.append('house', 'changed\n');
  return it;
}

async function hooked(answers: readonly Answer[], more = ''): Promise<{ readonly it: Box; readonly hook: Hook }> {
  const hook = await webhookServer(answers);
  return { it: boxWith(`webhook: { url: '${hook.url}', secret: { file: $BOX/key } ${more}}`), hook };
}

function outboxOf(it: Box): string {
  return `${it.baseline}.outbox`;
}

function waiting(it: Box): readonly string[] {
  const directory = outboxOf(it);
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.message')) : [];
}

function ids({ received }: Hook): readonly string[] {
  return received.map(({ headers }) => String(headers['webhook-id']));
}

function reportIn(body: Buffer | undefined): Report {
  const parsed: unknown = JSON.parse(String(body));
  expect(breaches(reportSchema, parsed)).toEqual([]);
  // Just held to the schema of this type.
  return parsed as Report;
}

describe('a webhook', () => {
  test('gets the report that check stored, to the byte, and check says so', async () => {
    const { it, hook } = await hooked([200]);
    const check = await run(it, ['check', '--format', 'json']);
    expect(check).toMatchObject({ code: 4, stderr: `integ: sent by webhook to ${new URL(hook.url).origin}\n` });
    expect(String(hook.received[0]?.body)).toBe(check.stdout);
    expect(String(hook.received[0]?.body)).toBe(it.run(['report', 'show', '--format', 'json']).stdout);
    expect(waiting(it)).toEqual([]);
  });

  test('is told where the baseline is, however it was named', async () => {
    const { it, hook } = await hooked([200]);
    await run(it, ['check', '--policy', it.policyFile, '--baseline', 'state/baseline.db'], { bare: true });
    expect(reportIn(hook.received[0]?.body).baseline.file).toBe(it.baseline);
  });

  test('hears nothing of a clean check, unless it always wants to', async () => {
    const { it, hook } = await hooked([200]);
    writeFileSync(it.path('house'), 'house\n');
    it.init('--force');
    expect(await run(it, ['check'])).toMatchObject({ code: 0, stderr: '' });
    expect(hook.received).toEqual([]);
    expect(existsSync(outboxOf(it))).toBe(false);
    // Who asks for it gets it.
    expect((await run(it, ['report', 'send'])).code).toBe(0);
    expect(hook.received).toHaveLength(1);
  });

  test('that is down gets the report with the next run, once, and both runs say so', async () => {
    const { it, hook } = await hooked([500]);
    const first = await run(it, ['check']);
    expect(first.code).toBe(69);
    expect(first.stdout).toContain('CHANGED');
    expect(first.stderr).toMatch(/^integ: warning: not delivered by webhook to \S+: \S+ answered 500; [^\n]*\n$/);
    expect(waiting(it)).toHaveLength(1);
    hook.answers = [200];
    hook.received.length = 0;
    const second = await run(it, ['check']);
    expect(second.code).toBe(4);
    expect(second.stderr).toMatch(/report \S+, which had waited, sent by webhook/);
    const sent = ids(hook);
    expect(sent).toHaveLength(2);
    expect(new Set(sent).size).toBe(2);
    await run(it, ['check']);
    expect(ids(hook)).toHaveLength(3);
    expect(new Set(ids(hook)).size).toBe(3);
  });

  test('gets what waits, and the named report again, by report send', async () => {
    const { it, hook } = await hooked([400]);
    expect((await run(it, ['check'])).code).toBe(69);
    hook.answers = [200];
    hook.received.length = 0;
    const list = JSON.parse(it.run(['report', 'list', '--format', 'json']).stdout) as {
      readonly reports: readonly { readonly id: string }[];
    };
    const id = list.reports[0]?.id ?? '';
    expect((await run(it, ['report', 'send', id])).code).toBe(0);
    // It waited already: one message, not two.
    expect(ids(hook)).toEqual([`${id}-webhook`]);
    expect((await run(it, ['report', 'send', 'latest'])).code).toBe(0);
    expect(ids(hook)).toEqual([`${id}-webhook`, `${id}-webhook`]);
    expect(reportIn(hook.received[1]?.body).id).toBe(id);
    expectFailure(await run(it, ['report', 'send', 'none']), 66, /there is no report none/);
  });

  test('that others may know the secret of gets nothing', async () => {
    const { it, hook } = await hooked([200]);
    chmodSync(join(it.directory, 'key'), 0o644);
    const check = await run(it, ['check']);
    expect(check.code).toBe(69);
    expect(check.stderr).toMatch(/key is open to others: chmod 600/);
    expect(check.stderr).not.toContain(SECRET);
    expect(hook.received).toEqual([]);
    for (const name of readdirSync(outboxOf(it))) {
      expect(readFileSync(join(outboxOf(it), name), 'utf8')).not.toContain(SECRET);
    }
    chmodSync(join(it.directory, 'key'), 0o600);
    expect((await run(it, ['check'])).code).toBe(4);
    expect(hook.received).toHaveLength(2);
  });

  test('is told of a check that was limited, which says so', async () => {
    const { it, hook } = await hooked([200]);
    await run(it, ['check', '--severity', 'low']);
    expect(reportIn(hook.received[0]?.body).limits).toEqual(['--severity low']);
  });

  test('is told although the report cannot be printed', async () => {
    const { it, hook } = await hooked([200]);
    const check = await run(it, ['check', '--output', join(it.directory, 'none/report')]);
    expect(check.code).toBe(73);
    expect(hook.received).toHaveLength(1);
  });

  test('verifies the signature by the lines of the documentation', async () => {
    const { it, hook } = await hooked([200]);
    await run(it, ['check']);
    const page = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
    const script = /^```python\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? expect.fail('no example in the documentation');
    const [{ headers, body } = expect.fail('nothing came')] = hook.received;
    const verify = (content: Buffer): string => {
      const input = JSON.stringify({ headers, body: content.toString('base64') });
      const program = `${script}\nimport json, sys\ngiven = json.load(sys.stdin)\nprint(verify(sys.argv[1], given["headers"], base64.b64decode(given["body"])))\n`;
      const { stdout, stderr } = spawnSync('python3', ['-c', program, SECRET], { input, encoding: 'utf8' });
      return stdout.trim() || stderr;
    };
    expect(verify(body)).toBe('True');
    expect(verify(Buffer.concat([body, Buffer.from(' ')]))).toBe('False');
  });
});

describe('a report that cannot be delivered', () => {
  test('by one channel goes out by the others', async () => {
    const hook = await webhookServer([200]);
    const it = boxWith(`webhook: { url: '${hook.url}' }`, 'email: { to: [root], sendmail: /bin/false }');
    const check = await run(it, ['check']);
    expect(check.code).toBe(69);
    expect(hook.received).toHaveLength(1);
    expect(waiting(it)).toHaveLength(1);
    const queue = await run(it, ['notify', 'queue']);
    expect(queue).toMatchObject({ code: 0, stderr: '' });
    expect(queue.stdout).toMatch(/by email to root: tried 1 time, last: \/bin\/false/);
    expect(queue.stdout).toMatch(/^1 message waits in /m);
    const { waiting: listed } = JSON.parse((await run(it, ['notify', 'queue', '--format', 'json'])).stdout) as {
      readonly waiting: readonly object[];
    };
    expect(listed).toMatchObject([{ channel: 'email', destination: 'root', attempts: 1 }]);
  });

  test('waits in files that nobody else may read', async () => {
    const { it } = await hooked([500]);
    await run(it, ['check']);
    expect(statSync(outboxOf(it)).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(outboxOf(it))) {
      expect(statSync(join(outboxOf(it), name)).mode & 0o777, name).toBe(0o600);
    }
  });

  test('and whose file was damaged is told and kept aside', async () => {
    const { it, hook } = await hooked([500]);
    await run(it, ['check']);
    const [name = ''] = waiting(it);
    writeFileSync(join(outboxOf(it), name), 'damaged');
    hook.answers = [200];
    const check = await run(it, ['check']);
    expect(check.code).toBe(69);
    expect(check.stderr).toContain(`${name}.damaged: it does not begin with a line about a message`);
    expect((await run(it, ['check'])).code).toBe(4);
  });

  test('is not sent out of an outbox that others may write', async () => {
    const { it, hook } = await hooked([500]);
    await run(it, ['check']);
    hook.answers = [200];
    hook.received.length = 0;
    chmodSync(outboxOf(it), 0o777);
    const check = await run(it, ['check']);
    expect(check.code).toBe(69);
    expect(check.stderr).toMatch(/outbox can be changed by others: .* chmod o-w/);
    // The report of this run does not need it.
    expect(hook.received).toHaveLength(1);
  });
});

test('two runs at once: what one is delivering, the other leaves alone', async () => {
  const { it, hook } = await hooked([500]);
  await run(it, ['check']);
  const [old = ''] = ids(hook);
  hook.received.length = 0;
  let release: (() => void) | undefined;
  const answered = new Promise<void>((resolve) => {
    release = resolve;
  });
  hook.answers = [(response) => void answered.then(() => response.writeHead(200).end()), 200];
  const first = run(it, ['check']);
  await until(() => hook.received.length > 0, 'the first run delivers');
  const second = await run(it, ['check']);
  release?.();
  await first;
  expect(ids(hook).filter((id) => id === old)).toHaveLength(1);
  expect(new Set(ids(hook)).size).toBe(ids(hook).length);
  expect(ids(hook)).toHaveLength(3);
  expect(second.stderr).toContain('another run delivers the message');
  expect(waiting(it)).toEqual([]);
});

test('SIGINT during a delivery loses nothing: what was taken is not sent again', async () => {
  const { it, hook } = await hooked([500]);
  await run(it, ['check']);
  hook.received.length = 0;
  hook.answers = [(response) => setTimeout(() => response.writeHead(200).end(), 500), 200];
  const child = it.start(['check']);
  await until(() => hook.received.length > 0, 'a message is on its way');
  child.kill('SIGINT');
  expect((await child.ended).code).toBe(130);
  expect(ids(hook)).toHaveLength(1);
  expect(waiting(it)).toHaveLength(1);
  await run(it, ['check']);
  expect(new Set(ids(hook)).size).toBe(ids(hook).length);
  expect(ids(hook)).toHaveLength(3);
  expect(waiting(it)).toEqual([]);
});

test('kill -9 during a delivery: the next run sends again under the same id, and says that it may arrive twice', async () => {
  const { it, hook } = await hooked([() => undefined, 200]);
  const child = it.start(['check']);
  await until(() => hook.received.length > 0, 'a message is on its way');
  child.kill('SIGKILL');
  await child.ended;
  expect(waiting(it)).toHaveLength(1);
  const next = await run(it, ['report', 'send']);
  expect(next.code).toBe(0);
  expect(next.stderr).toMatch(/an attempt was cut off before, so it may arrive twice, as \S+-webhook/);
  expect(ids(hook)).toHaveLength(2);
  expect(new Set(ids(hook)).size).toBe(1);
});

/** How often the main thread of a check makes each call. */
async function countCalls(it: Box, calls: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const log = join(it.directory, 'strace.log');
  await run(it, ['check'], { under: ['strace', '-f', '-qq', '-o', log, '-e', `trace=${calls.join(',')}`] });
  const lines = readFileSync(log, 'latin1').split('\n');
  const main = /^\d+/.exec(lines[0] ?? '')?.[0];
  const own = lines.filter((line) => line.startsWith(`${main} `));
  return new Map(calls.map((call) => [call, own.filter((line) => line.includes(` ${call}(`)).length]));
}

/** Name of the file in which a message waits. */
function fileOf(id: string): string {
  return `${createHash('sha256').update(id).digest('hex').slice(0, 32)}.message`;
}

test.skipIf(!HAS_STRACE)(
  'kill -9 at the calls that write into the outbox loses no message and sends none twice unsaid (needs strace)',
  async () => {
    const { it, hook } = await hooked([200]);
    // The first one makes the directory.
    await run(it, ['check']);
    const counts = await countCalls(it, ['rename', 'unlink']);
    // From the end of a run: the message gets its name, an attempt is noted; the message and then the note are removed.
    const points = [
      ['rename', 2],
      ['rename', 1],
      ['unlink', 2],
      ['unlink', 1],
    ] as const;
    for (const [call, back] of points) {
      const label = `${call}, ${back} before the end`;
      hook.received.length = 0;
      const when = (counts.get(call) ?? 0) + 1 - back;
      const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`];
      const killed = await run(it, ['check'], { under: ['strace', '-f', '-qq', '-o', '/dev/null', ...inject] });
      expect(killed.code, label).toBe(137);
      const left = waiting(it);
      const before = ids(hook);
      hook.received.length = 0;
      const next = await run(it, ['check']);
      expect(next.code, `${label}: ${next.stderr}`).toBe(4);
      expect(waiting(it), label).toEqual([]);
      const after = ids(hook);
      expect(new Set(after).size, label).toBe(after.length);
      for (const name of left) expect(after.map(fileOf), label).toContain(name);
      const twice = after.filter((id) => before.includes(id));
      for (const id of twice) expect(next.stderr, label).toContain(`may arrive twice, as ${id}`);
      // Accepted and not yet removed is the only moment in which that happens.
      expect(twice.length > 0, label).toBe(call === 'unlink' && back === 2);
    }
  },
);

const MAY_MOUNT = isRoot() && works('unshare', '-m', 'sh', '-c', 'mount -t tmpfs none /mnt');

test.skipIf(!MAY_MOUNT)('on a full disk a report is told without the outbox (needs mount)', async () => {
  const { it, hook } = await hooked([200]);
  const state = join(it.directory, 'full');
  mkdirSync(state);
  const script = `mount -t tmpfs -o size=64k none '${state}' || exit 99
    head -c 65536 /dev/zero > '${state}/ballast'; exec "$@"`;
  const check = await run(it, ['check', '--history', join(state, 'history.db')], {
    under: ['unshare', '-m', 'sh', '-c', script, 'sh'],
  });
  expect(check.stderr).toMatch(/cannot wait in the outbox: .*no space left/);
  expect(check.stdout).toMatch(/^CHANGED: .*\nWARNING: the report was not stored: .*no space left/);
  expect(check.code).toBe(74);
  expect(hook.received).toHaveLength(1);
  // Nobody should look for it in the history.
  expect(reportIn(hook.received[0]?.body).unstored).toMatch(/^the report was not stored: .*no space left/);
});

describe('notify test', () => {
  test('sends a message through every channel, as a test, whatever they want otherwise', async () => {
    const hook = await webhookServer([200]);
    const it = boxWith(`webhook: { url: '${hook.url}' }`, `email: { to: [root], sendmail: $BOX/sendmail }`);
    writeFileSync(join(it.directory, 'sendmail'), `#!/bin/sh\ncat > '${it.directory}/mail'\n`, { mode: 0o755 });
    const outcome = await run(it, ['notify', 'test']);
    expect(outcome).toMatchObject({
      code: 0,
      stdout: `sent by email to root\nsent by webhook to ${new URL(hook.url).origin}\n`,
    });
    expect(outcome.stderr).toBe(`integ: channels of the policy in baseline ${it.baseline}\n`);
    expect(readFileSync(join(it.directory, 'mail'), 'utf8')).toMatch(/^Subject: .*test/im);
    expect(hook.received[0]?.headers['integ-event']).toBe('test');
    expect(reportIn(hook.received[0]?.body)).toMatchObject({ test: true, summary: { examined: 0 } });
    expect(existsSync(outboxOf(it))).toBe(false);
  });

  test('says which channel failed, and leaves nothing that waits', async () => {
    const { it } = await hooked([500]);
    const outcome = await run(it, ['notify', 'test']);
    expect(outcome.code).toBe(69);
    expect(outcome.stdout).toMatch(/^FAILED by webhook to \S+: \S+ answered 500\n$/);
    expect(existsSync(outboxOf(it))).toBe(false);
  });

  test('takes the policy file as long as there is no baseline', async () => {
    const hook = await webhookServer([200]);
    const it = box();
    it.policyText(`version: 1\nrules: [{ paths: ['${it.tree}'] }]\nnotify: { webhook: { url: '${hook.url}' } }\n`);
    const outcome = await run(it, ['notify', 'test']);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain(`channels of policy ${it.policyFile}, since there is no baseline`);
  });

  test('says that nobody is to be told', async () => {
    const it = box();
    it.init();
    expectFailure(await run(it, ['notify', 'test']), 78, /names no channel .*integ policy update/);
    expectFailure(await run(it, ['report', 'send']), 78, /names no channel/);
  });
});

describe('the metrics file', () => {
  test('is written by a check of everything, for others to read, whatever the umask', async () => {
    const it = boxWith('metrics: { file: $BOX/integ.prom }');
    const file = join(it.directory, 'integ.prom');
    const check = await run(it, ['check'], { under: ['sh', '-c', 'umask 077; exec "$@"', 'sh'] });
    expect(check).toMatchObject({ code: 4, stderr: '' });
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readFileSync(file, 'utf8')).toMatch(/^integ_exit_code 4$/m);
  });

  test('stays as it is when a check was limited', async () => {
    const it = boxWith('metrics: { file: $BOX/integ.prom }');
    await run(it, ['check', '--paths', `${it.tree}/house`]);
    expect(existsSync(join(it.directory, 'integ.prom'))).toBe(false);
  });

  test('that cannot be written is a warning and 69', async () => {
    const it = boxWith('metrics: { file: $BOX/none/integ.prom }');
    const check = await run(it, ['check']);
    expect(check.code).toBe(69);
    expect(check.stderr).toMatch(/^integ: warning: the metrics were not written: cannot write /);
  });
});

describe('a check that fails as a whole', () => {
  test('tells those whom the policy file names why, when nobody reads the terminal', async () => {
    const { it, hook } = await hooked([200]);
    rmSync(it.baseline);
    const attended = await run(it, ['check']);
    expectFailure(attended, 66, /there is no baseline/);
    expect(hook.received).toEqual([]);
    const { code, stderr } = await run(it, ['check', '--unattended']);
    expect(code).toBe(66);
    expect(stderr).toMatch(/sent by webhook[^\n]*\ninteg: there is no baseline [^\n]*\n$/);
    const report = reportIn(hook.received[0]?.body);
    expect(report).toMatchObject({
      failed: true,
      status: 'incomplete',
      exitCode: 16,
      summary: { examined: 0, errors: 1 },
    });
    expect(report.errors[0]).toMatchObject({ path: it.baseline, code: 'EXIT66' });
    expect(report.errors[0]?.message).toContain('there is no baseline');
  });

  test.skipIf(!isRoot())(
    'tells those whom a sound baseline names where the policy file cannot be used, and of a refused one nobody',
    async () => {
      const { it, hook } = await hooked([200, 200]);
      const policy = readFileSync(it.policyFile, 'utf8');
      writeFileSync(it.policyFile, policy.slice(0, policy.indexOf('notify:')));
      const refused = await run(it, ['check', '--unattended', '--expect-seal', '0'.repeat(16)]);
      expect(refused.code).toBe(65);
      expect(refused.stderr).toMatch(/only the system log is told/);
      expect(refused.stderr).not.toMatch(/nobody could be told/);
      expect(hook.received).toHaveLength(0);
      writeFileSync(it.policyFile, policy);
      chmodSync(it.policyFile, 0o666);
      expect((await run(it, ['check', '--unattended'])).code).toBe(77);
      expect(reportIn(hook.received[0]?.body).errors[0]?.message).toContain(it.policyFile);
    },
  );

  test('keeps the message when it cannot be delivered, and its own exit code', async () => {
    const { it, hook } = await hooked([400]);
    const bytes = readFileSync(it.baseline);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    writeFileSync(it.baseline, bytes);
    expect((await run(it, ['check', '--unattended'])).code).toBe(65);
    expect(waiting(it)).toHaveLength(1);
    expect(hook.received).toHaveLength(1);
  });

  test('tells nobody of a command that was mistyped', async () => {
    const { it, hook } = await hooked([200]);
    expect((await run(it, ['check', '--unattended', '--paths', 'not-absolute'])).code).toBe(64);
    expect(hook.received).toEqual([]);
  });
});
