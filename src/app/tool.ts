/** What every report says of integ itself: version, digest of its code, and what could make it do something else. */
import type { Report } from '../model/report.ts';
import { ownCodeSha256, subvertingVariables } from '../system/own-code.ts';
import { VERSION } from './version.ts';

export function describeTool(): Report['tool'] {
  return { version: VERSION, sha256: ownCodeSha256(), node: process.versions.node };
}

/** Remarks for the notes of a report. */
export function environmentNotes(): string[] {
  const names = subvertingVariables();
  if (names.length === 0) return [];
  return [`the environment can change what integ does: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} set`];
}
