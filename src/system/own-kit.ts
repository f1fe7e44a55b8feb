/**
 * Whether this integ runs from a rescue kit, and how it starts programs there: those of the kit by the loader of the
 * kit, with the libraries of the kit, and none of the system that it examines. The layout of a kit is here too, since
 * who makes one and who runs from it must agree.
 */
import { basename } from 'node:path';
import { OWN_PACKAGE } from './own-code.ts';
import { readSmallFile } from './small-file.ts';

/** Names in a kit, relative to it. */
export const KIT = {
  runtime: 'runtime',
  libraries: 'runtime/lib',
  node: 'runtime/node',
  openssl: 'runtime/openssl.cnf',
  integ: 'integ',
  /** Says that this is the integ of a kit, and which loader and programs the kit has. */
  marker: 'integ/kit.json',
} as const;

export interface KitMarker {
  /** Name of the dynamic loader in `runtime`. */
  readonly loader: string;
  /** Names of programs in `runtime`. */
  readonly programs: readonly string[];
}

export interface StartedAs {
  readonly file: string;
  readonly parameters: readonly string[];
  /** On top of that of the caller. */
  readonly environment: Readonly<Record<string, string>>;
}

const LARGEST_MARKER = 4096;

function readMarker(): KitMarker | undefined {
  try {
    // Written by integ, and as much to be believed as this code, beside which it lies.
    return JSON.parse(readSmallFile(`${OWN_PACKAGE}kit.json`, LARGEST_MARKER).toString('utf8')) as KitMarker;
  } catch {
    return undefined;
  }
}

let marker: { readonly found: KitMarker | undefined } | undefined;

function ownMarker(): KitMarker | undefined {
  marker ??= { found: readMarker() };
  return marker.found;
}

/** The folder of the kit that integ runs from, or undefined. */
export function ownKit(): string | undefined {
  return ownMarker() === undefined ? undefined : OWN_PACKAGE.replace(new RegExp(`${KIT.integ}/$`), '');
}

/** How the loader of a kit runs a program of it; it takes libraries from one folder of the kit and nowhere else. */
export function byLoader(
  kit: string,
  loader: string,
  parameters: readonly string[],
  libraries: string = KIT.libraries,
): StartedAs {
  const at = kit.replace(/\/$/, '');
  return {
    file: `${at}/${KIT.runtime}/${loader}`,
    parameters: ['--inhibit-cache', '--library-path', `${at}/${libraries}`, ...parameters],
    environment: {
      // That of the system can name modules that OpenSSL would load (config(5)).
      OPENSSL_CONF: `${at}/${KIT.openssl}`,
      // The C library would read even UTC from a file of the system (tzset(3)).
      TZ: 'UTC',
      TZDIR: `${at}/${KIT.runtime}`,
    },
  };
}

/**
 * How a program, named by its absolute path, is started here. Of one that the kit has not, the file is not there, and
 * starting it fails as it does where the program is not installed.
 */
export function started(program: string, parameters: readonly string[]): StartedAs {
  const found = ownMarker();
  const kit = ownKit();
  if (found === undefined || kit === undefined) return { file: program, parameters, environment: {} };
  const name = basename(program);
  const file = `${kit}${KIT.runtime}/${name}`;
  if (!found.programs.includes(name)) return { file, parameters, environment: {} };
  return byLoader(kit, found.loader, [file, ...parameters]);
}
