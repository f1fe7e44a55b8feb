/** Whether system calls can be watched and made to fail here: some containers forbid ptrace(2). */
import { works } from './programs.ts';

export const HAS_STRACE = works('strace', '-f', '-qq', '-e', 'trace=none', 'true');
