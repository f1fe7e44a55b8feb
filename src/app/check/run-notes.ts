/** What a reader of a report should know of the check that made it and what is no finding. */
import { pathFromText, printable, printableText } from '../../model/bytes.ts';
import type { SkippedPath } from '../../model/skipped.ts';
import { type ExaminedHost, isOfExaminedHost } from '../examined-host.ts';
import { MADE_ANEW } from '../history/lost.ts';
import { NOT_NOTIFIED, wantsNotice } from '../notify/notify-check.ts';
import { environmentNotes } from '../tool.ts';
import type { CheckInput } from './check-input.ts';
import { isHeldAgainstFile } from './policy-match.ts';

/** What was left out at the deadline; `unexamined`: how many recorded objects that are. */
export function skippedNotes(skipped: readonly SkippedPath[], unexamined: number): string[] {
  if (skipped.length === 0) return [];
  return [
    `the deadline passed before ${skipped.length} files and directories were examined, so that ${unexamined} recorded ` +
      'objects were not looked at; the next check begins with these',
  ];
}

export function notesOf(input: CheckInput, examined: ExaminedHost): string[] {
  const { context, baseline, loaded, scope, remote, succession, isKnown } = input;
  const { header } = baseline;
  const notes: string[] = [...succession.notes, ...environmentNotes()];
  if (!isKnown && !input.isReportOnly && wantsNotice(loaded.policy)) notes.push(NOT_NOTIFIED);
  if (remote !== undefined) {
    notes.push(`examined over ssh at ${remote.destination}: true as far as integ and the kernel there can be trusted`);
  }
  if (!isHeldAgainstFile(input)) notes.push('the policy was not compared with a file: none was named');
  if (header.origin.why === MADE_ANEW) {
    notes.push(
      `the baseline was made anew as sequence ${header.sequence}, since the one before was gone: what changed until then is not known`,
    );
  }
  const isSameRoot = header.root === pathFromText(context.root);
  if (!(isSameRoot ? isOfExaminedHost(examined, header.host) : header.host === examined.host)) {
    notes.push(`the baseline was made on host ${header.host}, this is ${examined.host}`);
  }
  if (!isSameRoot) {
    notes.push(
      `the baseline was made of ${printable(header.root)}, this is ${printableText(context.root)}: ` +
        'of mounts only their presence and type was compared',
    );
  }
  if (scope !== undefined) notes.push('only what --paths covers was examined');
  if (header.failures.length > 0) {
    notes.push(`the baseline is incomplete: ${header.failures.length} objects could not be examined when it was made`);
  }
  if (context.portable) notes.push('extended attributes and file flags were not examined (INTEG_PORTABLE=1)');
  return notes;
}
