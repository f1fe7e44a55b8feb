/**
 * What a hostile host may send instead of a scan: everything, for ever, nothing at all. The check ends, and says so.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Box, counted, expectFailure } from '../support/integ.ts';
import { sharedDirectory } from '../support/scratch.ts';
import { noSshd, type Sshd, startSshd } from '../support/sshd.ts';
import { until } from '../support/waiting.ts';

const TIME = '/usr/bin/time';
const MEGABYTES = 1024;
/** How integ is called there, with a program of ours in its place. */
const OWN = process.execPath;

/** Answers with the first line of a real scan and then as it was told to. */
const HOSTILE = `
import { readFileSync, writeSync } from 'node:fs';
const request = JSON.parse(readFileSync(0, 'utf8'));
const [header, entry, failure, summary] = readFileSync(process.argv[3], 'utf8').split('\\n');
function put(descriptor, text) {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') process.exit(1);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
const send = (text) => put(1, text);
function endless(make) {
  for (let number = 0; ; number += 500) {
    send(Array.from({ length: 500 }, (_, index) => make(number + index) + '\\n').join(''));
  }
}
const at = (line, path) => line.replace('/PLACE', path);
// Who is left alone ends, so that no test leaves a process behind.
const parent = process.ppid;
const leave = () => process.ppid === parent || process.exit(0);
const wait = () => setInterval(leave, 100);
const deeds = {
  'a line without end': () => { for (;;) send('x'.repeat(65536)); },
  'new objects without end': () => endless((number) => at(entry, '/new/' + number)),
  'one object without end': () => endless(() => entry),
  'failures without end': () => endless((number) => at(failure, '/failed/' + number)),
  'long messages without end': () => endless((number) => at(failure, '/' + number).replace('no right', 'm'.repeat(4000))),
  'a longer message than any': () => send(failure.replace('no right', 'm'.repeat(5000000)) + '\\n'),
  'paths without end': () => endless((number) => at(entry, '/' + number + ('/' + 'd'.repeat(250)).repeat(20))),
  'deep paths and brackets': () => {
    for (let number = 0; number < 20; number += 1) send(at(entry, '/' + number + '/d'.repeat(60000)) + '\\n');
    deeds.brackets();
  },
  'deep failures without end': () => endless((number) => at(failure, '/' + number + '/d'.repeat(60000))),
  'brackets': () => send('['.repeat(15000000) + '\\n'),
  'a number without end': () => send('{"path":"/x","record":"","rule":' + '9'.repeat(15000000) + '}\\n'),
  'enormous counts': () => send(summary.replace(/"examined":\\d+/, '"examined":1e308') + '\\n'),
  'signs of life without end': () => endless((number) => '{"pulse":' + (number + 1) + '}'),
  'nothing': wait,
  'a byte now and then': () => setInterval(() => { leave(); send('{'); }, 100),
  'complaints without end': () => { for (;;) put(2, '\\x1b]0;owned\\x07 flood\\n'.repeat(1000)); },
  'everything, and does not end': () => { send(summary.replace(/"examined":\\d+/, '"examined":0') + '\\n'); wait(); },
};
send(header + '\\n');
deeds[process.argv[2]]();
`;

let server: Sshd;
let here: Box;

/** Arguments of a check of a host that does this. */
function against(deed: string): string[] {
  const command = `'${OWN}' '${here.beside('hostile.mjs')}' '${deed}' '${here.beside('lines')}' #`;
  return ['--host', 'examined', '--ssh-config', server.config, '--remote-command', command];
}

function there(): string[] {
  const command = `'${OWN}' '${new URL('../../bin/integ.js', import.meta.url).pathname}'`;
  return ['--host', 'examined', '--ssh-config', server.config, '--remote-command', command];
}

describe.skipIf(noSshd !== undefined)(`a host that is hostile (needs ${noSshd ?? 'nothing more'})`, () => {
  const keys = sharedDirectory();
  const boxed = sharedDirectory();

  beforeAll(async () => {
    server = await startSshd(keys, '/bin/false');
    here = new Box(boxed);
    here.file('etc/conf', 'conf\n');
    here.policyText(`version: 1
rules: [{ name: tree, paths: ['${here.tree}'], watch: config }]
notify: { email: { to: [root], sendmail: '${here.beside('sendmail')}' } }
`);
    writeFileSync(here.beside('sendmail'), `#!/bin/sh\ncat >> '${here.beside('mail')}'\n`, { mode: 0o755 });
    writeFileSync(here.beside('hostile.mjs'), HOSTILE);
    here.init();
    const scanned = here.run(['scan', '--policy', here.policyFile], { bare: true }).stdout.trimEnd().split('\n');
    const line = scanned.find((each) => each.includes('/etc/conf"')) ?? '';
    const failure = { path: `${here.tree}/PLACE`, operation: 'open', code: 'EACCES', message: 'no right' };
    const forged = [
      scanned[0],
      line.replace('/etc/conf', '/PLACE'),
      JSON.stringify({ failure: { ...failure, below: false, part: 'scan' } }),
      scanned.at(-1),
    ];
    writeFileSync(here.beside('lines'), forged.join('\n'));
  });

  beforeEach(() => rmSync(here.beside('mail'), { force: true }));

  afterAll(() => server.stop());

  const REFUSED: readonly [string, RegExp][] = [
    ['a line without end', /longer than \d+ bytes/],
    ['new objects without end', /more differs on examined than a check of another host can keep/],
    ['one object without end', /an object comes twice/],
    ['failures without end', /more differs on examined than a check of another host can keep/],
    ['long messages without end', /more differs on examined than a check of another host can keep/],
    ['a longer message than any', /message is longer than 4096/],
    ['paths without end', /more differs on examined than a check of another host can keep/],
    ['deep paths and brackets', /nested too deep/],
    ['deep failures without end', /more differs on examined than a check of another host can keep/],
    ['brackets', /nested too deep/],
    ['a number without end', /rule is not a whole number/],
    ['enormous counts', /examined is not a whole number/],
  ];
  const ENDLESS: readonly string[] = ['nothing', 'a byte now and then', 'everything, and does not end'];

  /** A check that must fail, and be told of by mail, without taking up the memory of this host. */
  function expectTold(deed: string, words: RegExp, more: readonly string[] = []): void {
    const hasTime = existsSync(TIME);
    const under = hasTime ? [TIME, '-f', '%M', '-o', here.beside('memory')] : [];
    const outcome = here.run(['check', '--quiet', '--unattended', ...more, ...against(deed)], { under });
    expectFailure(outcome, 74, words);
    expect(outcome.stderr).not.toContain('\x1b');
    expect(readFileSync(here.beside('mail'), 'utf8')).toMatch(/^Subject: .*(INCOMPLETE|FAILED)/im);
    if (!hasTime) return;
    const peak = Number(readFileSync(here.beside('memory'), 'utf8').trim().split('\n').at(-1));
    expect(peak).toBeLessThan(500 * MEGABYTES);
  }

  test.each(REFUSED)('that sends %s is refused and told of, in less than half a gigabyte', (deed, words) => {
    expectTold(deed, words);
  });

  test.each(ENDLESS)('that sends %s is waited for until the deadline, and then told of', (deed) => {
    expectTold(deed, /did not end at the deadline/, ['--deadline', '1s']);
  });

  test.each(['new objects without end', 'nothing', 'signs of life without end', 'complaints without end'])(
    'that sends %s keeps nobody from ending the check',
    async (deed) => {
      for (const [signal, code] of [
        ['SIGTERM', 143],
        ['SIGINT', 130],
      ] as const) {
        const run = here.start(['check', ...against(deed)]);
        await until(() => sshOf(run.pid).length > 0, 'ssh runs');
        const [ssh] = sshOf(run.pid);
        run.kill(signal);
        const outcome = await run.ended;
        // What it sent may have been refused before.
        if (outcome.code !== 74) expect(outcome.code).toBe(code);
        await until(() => ssh === undefined || !existsSync(`/proc/${ssh}`), 'ssh is gone');
      }
    },
  );

  test('can be examined up to a deadline, and what was left out comes first the next time', () => {
    for (let index = 0; index < 40; index += 1) here.file(`big/${index}`, `${index}`.repeat(65_536));
    here.init('--force');
    const report = here.check(['--max-rate', '64K', '--deadline', '2s', ...there()]);
    expect(report.status).toBe('incomplete');
    expect(report.errors.map(({ code }) => code)).toContain('ETIME');
    expect(counted(report)).toEqual([]);
    expect(report.notes.join('\n')).toContain('the next check begins with these');
    const next = here.check(['--deadline', '1h', ...there()]);
    expect(next).toMatchObject({ status: 'clean', exitCode: 0, errors: [] });
  });
});

/** The processes of ssh that a process has started. */
function sshOf(pid: number | undefined): readonly string[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return children.filter(
      (child) => child !== '' && readFileSync(`/proc/${child}/cmdline`, 'utf8').startsWith('/usr/bin/ssh'),
    );
  } catch {
    return [];
  }
}
