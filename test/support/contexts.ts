/** What integ does without a terminal: a context whose clock, names and ids are fixed, and that keeps its remarks. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../src/app/context.ts';
import { type Host, liveHost } from '../../src/system/host.ts';
import { scratchDirectory } from './scratch.ts';

const NANOSECONDS = 1_000_000_000n;
/** 2026-01-02T03:04:05Z. */
const START = 1_767_323_045n * NANOSECONDS;

/** Each look at its clock is a second after the one before; ids count up. */
class FixedHost implements Host {
  #time = START;
  #ids = 0;

  now(): bigint {
    const time = this.#time;
    this.#time += NANOSECONDS;
    return time;
  }

  /** Lets time pass. */
  pass(seconds: number): void {
    this.#time += BigInt(seconds) * NANOSECONDS;
  }

  randomId(): string {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(8, '0').padEnd(16, '0');
  }

  hostName(): string {
    return 'mail7';
  }

  async qualifiedName(): Promise<string | undefined> {
    return 'mail7.example.org';
  }

  identity(): string {
    return 'ab'.repeat(32);
  }

  bootId(): string | undefined {
    return liveHost.bootId();
  }

  operator(): string {
    return 'root (sudo by alice)';
  }
}

/** A small host of a test: a tree, a policy for it, a baseline and a history, with the context to do things there. */
export class Site {
  readonly directory: string;
  readonly tree: string;
  readonly host = new FixedHost();
  /** Remarks so far. */
  readonly notes: string[] = [];
  readonly warnings: string[] = [];
  readonly context: Context;

  constructor(rules = '  - name: tree\n    paths: [TREE]\n    watch: config\n') {
    this.directory = scratchDirectory();
    this.tree = join(this.directory, 'tree');
    mkdirSync(this.tree);
    const policyFile = join(this.directory, 'policy.yaml');
    writeFileSync(policyFile, `version: 1\nname: site\nrules:\n${rules.replaceAll('TREE', this.tree)}`);
    this.context = {
      log: { note: (text) => this.notes.push(text), warn: (text) => this.warnings.push(text) },
      host: this.host,
      policyFile,
      baselineFile: join(this.directory, 'baseline.db'),
      historyFile: undefined,
      root: '/',
      jobs: 1,
      portable: false,
      allowsUnsafePermissions: true,
      onSignal: () => () => undefined,
      progress: () => undefined,
    };
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.tree, name), text);
  }
}
