/** The settings of AIDE that are not about what is watched, and where integ has something for them. */
import type { AideVersion } from './version.ts';

export interface Setting {
  /** What integ has for it. */
  readonly instead?: string;
  /** The last version, and the first one, of which the language has it. */
  readonly until?: AideVersion;
  readonly since?: AideVersion;
  /** What is reported otherwise than by AIDE, where the setting is about that. */
  readonly loss?: string;
  /** Whether its value is a sum of attributes, as that of a group. */
  readonly isSum?: boolean;
}

const BASELINE = '--baseline';
const VERBOSE = '--verbose';
const IGNORED = 'what it names is reported too';

const SETTINGS: Readonly<Record<string, Setting>> = {
  database: { instead: BASELINE, until: '0.18' },
  database_in: { instead: BASELINE, since: '0.18' },
  database_out: { instead: BASELINE },
  database_new: { instead: 'integ baseline diff' },
  database_attrs: {},
  database_add_metadata: {},
  log_level: { instead: VERBOSE, since: '0.18' },
  // 0.17 has it still, and means the same as 0.18.
  verbose: { instead: VERBOSE, until: '0.18' },
  gzip_dbout: {},
  root_prefix: { instead: '--root' },
  acl_no_symlink_follow: {},
  warn_dead_symlinks: {},
  config_version: {},
  config_check_warn_unrestricted_rules: { since: '0.18' },
  num_workers: { instead: '--jobs', since: '0.18' },
  recstop: { until: '0.16' },
  report_url: { instead: 'the key notify and --output' },
  report_level: { instead: '--verbose and --severity', since: '0.18' },
  report_format: { instead: '--format', since: '0.18' },
  // Of Red Hat's packages.
  syslog_format: { instead: 'the key notify.syslog', until: '0.16' },
  report_base16: {},
  report_detailed_init: { instead: 'integ baseline entries' },
  report_quiet: { instead: 'notify: when: changes' },
  report_append: { instead: 'the history, see integ report list' },
  report_grouped: { since: '0.18' },
  grouped: { until: '0.18' },
  report_summarize_changes: { since: '0.18' },
  summarize_changes: { until: '0.18' },
  report_ignore_added_attrs: { isSum: true, loss: IGNORED },
  report_ignore_removed_attrs: { isSum: true, loss: IGNORED },
  report_ignore_changed_attrs: { isSum: true, loss: IGNORED },
  ignore_list: { isSum: true, loss: IGNORED, until: '0.16' },
  report_force_attrs: { isSum: true, loss: 'a report has of an attribute what changed' },
  report_attributes: { isSum: true, loss: 'a report has of an attribute what changed', until: '0.16' },
  report_ignore_e2fsattrs: { loss: IGNORED },
  limit: { instead: '--paths' },
};

/** Undefined for a name that is none. */
export function settingNamed(name: string): Setting | undefined {
  return Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
}

/** What is said of a setting. */
export function settingNote(name: string, { instead, loss }: Setting): string {
  const told = loss === undefined ? '' : `: ${loss}`;
  return `the setting ${name} is not carried over${told}${instead === undefined ? '' : `; in integ see ${instead}`}`;
}
