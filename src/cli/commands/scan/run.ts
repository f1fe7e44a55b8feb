/**
 * `integ scan`: examines the system and prints what it found, an object a line: the part of a check on the examined
 * host.
 */
import { offerScan } from '../../../app/check/offered-scan.ts';
import { UserError } from '../../../model/errors.ts';
import { LONGEST_REQUEST } from '../../../wire/bounds.ts';
import type { CommandContext } from '../../context.ts';
import type { ScanOptions } from './define.ts';

/** Milliseconds in which a request must have come. */
const PATIENCE = 600_000;

export async function runScan(context: CommandContext, options: ScanOptions): Promise<number> {
  const { terminal } = context;
  const request = options.stdinPolicy === true ? await readRequest() : undefined;
  return offerScan(context, options, request, {
    write: (text) => terminal.stream(text),
    isReadable: terminal.isVerbose,
  });
}

/** Throws UserError usage. A signal ends the waiting, which a read that blocks would not see. */
async function readRequest(): Promise<Buffer> {
  const refused = (problem: string): UserError =>
    new UserError('usage', `the request on standard input ${problem}`, {
      hint: 'integ check --host sends one; alone use: integ scan --policy FILE',
    });
  const timer = setTimeout(() => process.stdin.destroy(refused('did not come to its end in 10 minutes')), PATIENCE);
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    // Standard input has no encoding, so that it gives buffers.
    for await (const piece of process.stdin as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > LONGEST_REQUEST) throw refused(`is longer than ${LONGEST_REQUEST} bytes`);
      pieces.push(piece);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(pieces);
}
