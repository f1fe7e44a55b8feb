/** Settings of `<syscheck>` that are not carried over, and what is told of each. */
import type { NoteKind } from '../notes.ts';

interface Told {
  readonly text: string;
  readonly kind: NoteKind;
}

const TIME: Told = { text: 'when it looks is not in a policy: use integ schedule install', kind: 'setting' };
const WINDOWS: Told = { text: 'it is for Windows alone', kind: 'setting' };
const WORK: Told = { text: 'how it works, not what it watches', kind: 'setting' };
const WHO: Told = { text: 'who changed a file is not recorded: integ checks when it is run', kind: 'loss' };

export const WAZUH_SETTINGS: Readonly<Record<string, Told>> = {
  frequency: TIME,
  scan_time: TIME,
  scan_day: TIME,
  scan_on_start: TIME,
  windows_registry: WINDOWS,
  registry_ignore: WINDOWS,
  registry_limit: WINDOWS,
  windows_audit_interval: WINDOWS,
  max_fd_win_rt: WINDOWS,
  whodata: WHO,
  restart_audit: WHO,
  auto_ignore: { text: 'a file that changes often is reported each time', kind: 'loss' },
  prefilter_cmd: { text: 'no program is run for a file', kind: 'loss' },
  allow_remote_prefilter_cmd: WORK,
  process_priority: WORK,
  max_eps: WORK,
  notify_first_scan: WORK,
  max_files_per_second: WORK,
  synchronization: WORK,
  database: WORK,
  diff: WORK,
  file_limit: WORK,
  remove_old_diff: WORK,
  sleep: WORK,
  sleep_after: WORK,
  rt_delay: WORK,
  max_audit_entries: WORK,
  default_max_depth: WORK,
  symlink_scan_interval: WORK,
  file_size_max: WORK,
  log_level: WORK,
  thread_stack_size: WORK,
};
