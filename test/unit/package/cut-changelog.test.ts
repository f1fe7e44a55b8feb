import { describe, expect, test } from 'vitest';
import { cutChangelog } from '../../../.ci/package/cut-changelog.ts';

const CHANGELOG =
  '# Changelog\n\n## [Unreleased]\n\n### Added\n- A thing.\n\n## [0.1.0] - 2026-11-20\n\n- All of it.\n';

describe('the changelog of a release', () => {
  test('is what was unreleased, under the version and the day', () => {
    expect(cutChangelog(CHANGELOG, '1.0.0', '2026-12-01')).toBe(
      CHANGELOG.replace('## [Unreleased]\n', '## [Unreleased]\n\n## [1.0.0] - 2026-12-01\n'),
    );
  });

  test('is not cut twice, nor for a version that was released, nor where nothing is unreleased', () => {
    const cut = cutChangelog(CHANGELOG, '1.0.0', '2026-12-01');
    expect(() => cutChangelog(cut, '1.0.0', '2026-12-02')).toThrow('has 1.0.0 already: raise the version');
    expect(() => cutChangelog(CHANGELOG, '0.1.0', '2026-12-02')).toThrow('has 0.1.0 already');
    expect(() => cutChangelog(cut, '1.0.1', '2026-12-02')).toThrow('nothing is unreleased');
    expect(() => cutChangelog('# Changelog\n', '1.0.0', '2026-12-02')).toThrow('has no line ## [Unreleased]');
  });
});
