/** All that is fuzzed, in the order of the program: what a baseline is read from first, what stands about it last. */
import type { Target } from './engine/target.ts';
import { baseline, resealedBaseline } from './targets/baseline.ts';
import { content } from './targets/content.ts';
import { digestList } from './targets/digest-list.ts';
import { dpkgDatabase, dpkgLines, dpkgStatus } from './targets/dpkg.ts';
import { history, rechainedHistory, states } from './targets/history.ts';
import { aide, tripwire } from './targets/imports.ts';
import { osquery, samhain, wazuh } from './targets/more-imports.ts';
import { attempts, outbox } from './targets/outbox.ts';
import { glob, policy, regex, signers } from './targets/policy.ts';
import { batch, record, values } from './targets/record.ts';
import { remoteAnswer, scanRequest } from './targets/remote.ts';
import { report } from './targets/report.ts';
import { accounts, mountinfo, osRelease } from './targets/system.ts';
import { job, times } from './targets/times.ts';

export const TARGETS: readonly Target[] = [
  ...[baseline, resealedBaseline, history, rechainedHistory, states],
  ...[record, values, batch],
  ...[remoteAnswer, scanRequest],
  ...[policy, glob, regex, signers],
  ...[aide, tripwire, wazuh, osquery, samhain],
  ...[report, content, outbox, attempts],
  ...[dpkgStatus, dpkgLines, dpkgDatabase],
  ...[osRelease, accounts, mountinfo],
  ...[times, job, digestList],
];
