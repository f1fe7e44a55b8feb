/**
 * File capabilities: the bytes of security.capability, revisions 1 to 3 of linux/capability.h (struct vfs_cap_data and
 * vfs_ns_cap_data), shown in the text form of cap_text_formats(7) as getcap(8) prints it.
 */
import { invalidValue } from './fields.ts';

// By bit number (linux/capability.h).
const NAMES: readonly string[] = (
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service ' +
  'net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin ' +
  'sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override ' +
  'mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'
)
  .split(' ')
  .map((name) => `cap_${name}`);

const REVISION_MASK = 0xff000000;
const EFFECTIVE = 0x1;
// How many 32-bit words each of the two sets has, and whether the user id of a namespace's root follows them.
const REVISIONS: ReadonlyMap<number, { readonly words: number; readonly hasRoot: boolean }> = new Map([
  [0x01000000, { words: 1, hasRoot: false }],
  [0x02000000, { words: 2, hasRoot: false }],
  [0x03000000, { words: 2, hasRoot: true }],
]);

interface FileCapabilities {
  readonly effective: boolean;
  /** Bit sets by capability number. */
  readonly permitted: bigint;
  readonly inheritable: bigint;
  /** Capabilities hold only in user namespaces whose root is this user id. */
  readonly rootId: number | undefined;
}

function decode(value: Uint8Array): FileCapabilities | undefined {
  if (value.length < 4) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const magic = view.getUint32(0, true);
  const revision = REVISIONS.get((magic & REVISION_MASK) >>> 0);
  if (revision === undefined || (magic & ~REVISION_MASK & ~EFFECTIVE) !== 0) return undefined;
  const { words, hasRoot } = revision;
  if (value.length !== 4 + words * 8 + (hasRoot ? 4 : 0)) return undefined;
  let permitted = 0n;
  let inheritable = 0n;
  for (let word = 0; word < words; word += 1) {
    const shift = BigInt(32 * word);
    permitted |= BigInt(view.getUint32(4 + word * 8, true)) << shift;
    inheritable |= BigInt(view.getUint32(8 + word * 8, true)) << shift;
  }
  const rootId = hasRoot ? view.getUint32(4 + words * 8, true) : undefined;
  return { effective: (magic & EFFECTIVE) !== 0, permitted, inheritable, rootId };
}

// The sets that hold a capability, as bits; their letters in the order of cap_text_formats(7).
const IN_EFFECTIVE = 1;
const IN_PERMITTED = 2;
const IN_INHERITABLE = 4;
const STATES = 8;
const HIGHEST_NUMBER = 63;

function letters(state: number): string {
  return `${state & IN_EFFECTIVE ? 'e' : ''}${state & IN_INHERITABLE ? 'i' : ''}${state & IN_PERMITTED ? 'p' : ''}`;
}

function stateOf(capabilities: FileCapabilities, number: number): number {
  const bit = 1n << BigInt(number);
  const permitted = (capabilities.permitted & bit) !== 0n ? IN_PERMITTED : 0;
  const inheritable = (capabilities.inheritable & bit) !== 0n ? IN_INHERITABLE : 0;
  // A file has one effective bit for all its capabilities (capabilities(7)).
  const effective = capabilities.effective && permitted + inheritable > 0 ? IN_EFFECTIVE : 0;
  return permitted | inheritable | effective;
}

/** What most of the named capabilities have, so that the text needs to name only the others. */
function prevailingState(states: readonly number[]): number {
  let prevailing = 0;
  for (let state = 0; state < STATES; state += 1) {
    if (states.filter((other) => other === state).length * 2 > states.length) prevailing = state;
  }
  return prevailing;
}

function formatGroups(capabilities: FileCapabilities): string {
  const named = NAMES.map((_, number) => stateOf(capabilities, number));
  const prevailing = prevailingState(named);
  const groups: string[] = prevailing === 0 ? [] : [`=${letters(prevailing)}`];
  const addGroup = (words: readonly string[], from: number, state: number): void => {
    if (words.length === 0) return;
    const gained = letters(state & ~from);
    const lost = letters(from & ~state);
    const operator = groups.length === 0 ? '=' : '+';
    groups.push(`${words.join(',')}${gained === '' ? '' : operator + gained}${lost === '' ? '' : `-${lost}`}`);
  };
  for (let state = STATES - 1; state >= 0; state -= 1) {
    if (state === prevailing) continue;
    addGroup(
      NAMES.filter((_, number) => named[number] === state),
      prevailing,
      state,
    );
  }
  // Numbers that this program has no name for have none of it unless said so.
  for (let state = STATES - 1; state > 0; state -= 1) {
    const numbers: string[] = [];
    for (let number = NAMES.length; number <= HIGHEST_NUMBER; number += 1) {
      if (stateOf(capabilities, number) === state) numbers.push(String(number));
    }
    addGroup(numbers, 0, state);
  }
  return groups.length === 0 ? '=' : groups.join(' ');
}

/**
 * Text such as `cap_net_bind_service=ep`, with ` [rootid=1000]` where the capabilities belong to a user namespace;
 * capabilities without a name by number; `none` without any; `invalid: HEX` for bytes of no known revision.
 */
export function formatCapabilities(value: Uint8Array): string {
  if (value.length === 0) return 'none';
  const capabilities = decode(value);
  if (capabilities === undefined) return invalidValue(value);
  const root = capabilities.rootId === undefined ? '' : ` [rootid=${capabilities.rootId}]`;
  return `${formatGroups(capabilities)}${root}`;
}
