/** The settings of AIDE that are not about what is watched, and where integ has something for them. */

const SETTINGS: Readonly<Record<string, string>> = {
  database: '--baseline',
  database_in: '--baseline',
  database_out: '--baseline',
  database_new: 'integ baseline diff',
  database_attrs: '',
  database_add_metadata: '',
  log_level: '--verbose',
  verbose: '--verbose',
  gzip_dbout: '',
  root_prefix: '--root',
  acl_no_symlink_follow: '',
  warn_dead_symlinks: '',
  config_version: '',
  config_check_warn_unrestricted_rules: '',
  num_workers: '--jobs',
  report_url: 'the key notify and --output',
  report_level: '--verbose and --severity',
  report_format: '--format',
  report_base16: '',
  report_detailed_init: 'integ baseline entries',
  report_quiet: 'notify: when: changes',
  report_append: 'the history, see integ report list',
  report_grouped: '',
  grouped: '',
  report_summarize_changes: '',
  summarize_changes: '',
  report_ignore_added_attrs: '',
  report_ignore_removed_attrs: '',
  report_ignore_changed_attrs: '',
  report_force_attrs: '',
  report_ignore_e2fsattrs: '',
  limit: '--paths',
};

/** What is said of a setting, or undefined for a name that is none. */
export function settingNote(name: string): string | undefined {
  const instead = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (instead === undefined) return undefined;
  return `the setting ${name} is not carried over${instead === '' ? '' : `; in integ see ${instead}`}`;
}
