/** What this process may do beyond the rights of its user (capabilities(7)). */
import { readSmallFile } from './small-file.ts';

const STATUS = '/proc/self/status';
const LONGEST_STATUS = 64 * 1024;
// CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH as bits of CapEff in proc_pid_status(5).
const READS_ALL = 0b110n;

let known: boolean | undefined;

/** Whether no permission bits keep this process from reading a file. */
export function mayReadAll(): boolean {
  known ??= hasCapability(READS_ALL);
  return known;
}

function hasCapability(any: bigint): boolean {
  try {
    const status = readSmallFile(STATUS, LONGEST_STATUS).toString('latin1');
    const [, effective = '0'] = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(status) ?? [];
    return (BigInt(`0x${effective}`) & any) !== 0n;
  } catch {
    return false;
  }
}
