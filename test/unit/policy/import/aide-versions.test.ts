import { describe, expect, test } from 'vitest';
import type { AideVersion } from '../../../../src/policy/import/aide/version.ts';
import { languageOf } from '../../../../src/policy/import/aide/version.ts';
import { fitAide, importAide } from '../../../support/imported-policies.ts';

describe('a version of AIDE', () => {
  test.each([
    ['0.15.1', '0.16'],
    ['0.16', '0.16'],
    ['0.16-14.el8_5.1', '0.16'],
    ['Aide 0.16.2', '0.16'],
    ['0.17.4', '0.18'],
    ['AIDE 0.18.3', '0.18'],
    ['v0.19', '0.19'],
    ['0.20', '0.19'],
  ])('%s has the language of %s', (written, version) => {
    expect(languageOf(written)).toBe(version);
  });

  test.each(['', '1.0', '0', '0.', '0.x', 'latest', '0.1619'])('%j is none', (written) => {
    expect(languageOf(written)).toBeUndefined();
  });
});

describe('the language up to 0.16', () => {
  test('has comments behind everything', () => {
    const { watches } = importAide(
      [
        '@@define A /a # x',
        'G = p+u#x',
        'verbose=5 # x',
        '@@ifdef A # x',
        '@@{A} G # x',
        '@@endif#x',
        '@@ifdef B',
        'no line # x',
        '@@else#x',
        '@@endif#x',
        '/b G#x',
        '!/a/c#x',
      ],
      '0.16',
    );
    expect(watches('/a/b')).toBe('mode uid');
    expect(watches('/b')).toBe('mode uid');
    expect(watches('/a/c')).toBeUndefined();
  });

  test('puts variables in wherever they stand', () => {
    const { watches } = importAide(
      [
        '@@define N !',
        '@@define R p+u',
        '@@define T d',
        '@@define G Mine',
        '@@{G} = @@{R}+g',
        '/a @@{T} @@{G}',
        '@@{N}/b',
        '/ @@{R}',
      ],
      '0.16',
    );
    expect(watches('/a', 'directory')).toBe('mode uid gid');
    expect(watches('/c')).toBe('mode uid');
    expect(watches('/b')).toBeUndefined();
  });

  test('keeps backslashes as they are, and has bytes in hexadecimal', () => {
    const { watches } = importAide(['/a\\.b$ p', '/c%20d$ u', '/e\\\\f$ g', '/g\\ h$ s', '/i\\#j$ n'], '0.16');
    expect(watches('/a.b')).toBe('mode');
    expect(watches('/axb')).toBeUndefined();
    expect(watches('/c d')).toBe('uid');
    expect(watches('/e\\f')).toBe('gid');
    expect(watches('/g h')).toBe('size');
    expect(watches('/i#j')).toBe('nlink');
  });

  test('lets groups stand behind negative rules, which 0.15 did nothing with', () => {
    const { watches } = importAide(['LOG = p+u', '/var p', '!/var/log LOG', '!/var/run f'], '0.16');
    expect(watches('/var/log/x')).toBeUndefined();
    expect(watches('/var/run', 'file')).toBeUndefined();
    expect(watches('/var/run', 'directory')).toBe('mode');
  });

  test('ends where the configuration does, for a signature may follow', () => {
    const { watches } = importAide(['@@begin_config c2ln', '/a p', '@@end_config c2ln', 'anything'], '0.16');
    expect(watches('/a')).toBe('mode');
  });

  test('has a group of logs whose size may only grow', () => {
    const [rule] = importAide(['/var/log >'], '0.16').policy.rules;
    expect(rule?.watch).toMatchObject({ growing: true, appendOnly: false, digests: [] });
  });

  test('is not what later versions read', () => {
    for (const version of ['0.18', '0.19'] as const) {
      expect(() => importAide(['>= p'], version)).toThrow('/aide.conf:1: ');
      expect(() => importAide(['@@{X}/a p'], version)).toThrow(
        "/aide.conf:1: a rule begins with a '/' since AIDE 0.17",
      );
      expect(() => importAide(['G = p # x'], version)).toThrow('/aide.conf:1: ');
    }
  });
});

describe('a file is read', () => {
  const cases: readonly [string, readonly string[], AideVersion | undefined, AideVersion, RegExp][] = [
    [
      'as its settings tell',
      ['verbose=5', '/a p'],
      undefined,
      '0.18',
      /^the setting verbose in \/aide.conf:1 is of older AIDE/,
    ],
    [
      'as its oldest setting tells',
      ['database=x', 'recstop=x', '/a p'],
      '0.19',
      '0.16',
      /^the setting recstop in .*:2/,
    ],
    ['as newer than what is installed', ['-/dev', '/a p'], '0.18', '0.19', /^AIDE 0.18 refuses it: .*:1: rules with -/],
    ['as its settings tell of newer', ['log_level=info', '/a p'], '0.16', '0.18', /^the setting log_level in .*newer/],
    ['as what does not refuse it', ['/a p # x'], undefined, '0.16', /^AIDE 0.19 refuses it: .*:1: a comment .* 0.16 /],
    ['as what is installed', ['/a p'], '0.16', '0.16', /^the file is read as AIDE 0.16 means it, which is installed/],
    ['as the newest', ['/a p'], undefined, '0.19', /^nothing in it tells .*none is installed here: .* 0.19 /],
    ['as the newest that has all of it', ['verbose=5', '-/dev', '/a p'], undefined, '0.19', /^nothing in it tells/],
  ];
  test.each(cases)('%s: %j', (_, lines, installed, version, reason) => {
    const fitting = fitAide(lines, undefined, installed);
    expect(fitting.config.version).toBe(version);
    expect(fitting.reason).toMatch(reason);
    expect(fitting.reason).toMatch(/\(--aide-version chooses another\)$/);
  });

  test('as was asked for, without a word', () => {
    expect(fitAide(['verbose=5', '/a p'], '0.19')).toMatchObject({ config: { version: '0.19' }, reason: undefined });
    expect(() => fitAide(['/a p # x'], '0.18')).toThrow('/aide.conf:1: a comment stands on a line of its own');
  });

  test.each([
    [['/a p # x', '/b zz'], "/aide.conf:2: there is no attribute or group 'zz'"],
    [['/b zz', '/a p # x'], "/aide.conf:1: there is no attribute or group 'zz'"],
    [['log_file=/x', '/a p'], '/aide.conf:1: log_file is no setting of AIDE'],
    [['@@include /gone'], '/gone: no such file'],
  ])('%j by none, and what is told is what no version takes', (lines, message) => {
    expect(() => fitAide(lines)).toThrow(message);
  });

  test('with a remark where 0.16 looked below what a negative rule leaves out', () => {
    const lines = ['verbose=5', '/ p', '/var/log u', '!/var$', '!/srv$', '!/var/log/sa'];
    expect(fitAide(lines).mayBeOld).toBe(true);
    expect(fitAide(lines, '0.18').mayBeOld).toBe(false);
    const remarks = importAide(lines, '0.16').remarks.filter((remark) => remark.startsWith('AIDE up to 0.16'));
    expect(remarks).toEqual([expect.stringMatching(/nothing below it is watched: \/aide.conf:4$/)]);
  });
});
