/** Runs the built program as a user would, in surroundings of its own. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/model/report.ts';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
export const INTEG = join(REPOSITORY, 'bin/integ.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory with a baseline, a policy and whatever a test puts beside them. */
export class Surroundings {
  readonly directory: string;

  constructor(name: string) {
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), `integ-${name}-`)));
    // Tests look at it as other users, too.
    chmodSync(this.directory, 0o755);
  }

  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  /** What a shell calls to run integ. */
  command(): readonly string[] {
    return [process.execPath, INTEG];
  }

  environment(): Readonly<Record<string, string>> {
    return {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: this.directory,
      INTEG_BASELINE: this.path('state', 'baseline.db'),
      INTEG_POLICY: this.path('policy.yaml'),
    };
  }

  /** Runs integ with this baseline and policy; arguments may name others. */
  run(args: readonly string[], input: string | Buffer = ''): Outcome {
    const result = spawnSync(process.execPath, [INTEG, ...args], {
      cwd: this.directory,
      env: this.environment(),
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (result.error !== undefined) throw result.error;
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  /** Runs a check and reads its report. */
  check(...args: readonly string[]): Report {
    const { stdout, stderr } = this.run(['check', '--format', 'json', ...args]);
    if (stdout === '') throw new Error(`no report: ${stderr}`);
    // What integ prints as JSON is a report; the tests look at what they need of it.
    return JSON.parse(stdout) as Report;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The part of a report that is the same whenever and from wherever one looks at the same state. */
export function findingsOf({ changes, violations, errors, exitCode, status }: Report) {
  return { changes, violations, errors, exitCode, status };
}
