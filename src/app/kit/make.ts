/**
 * Makes a rescue kit: integ with the runtime, the dynamic loader and the C library of this system, and a baseline that
 * was verified, so that another system can be examined with nothing of its own but its kernel. No key, no secret and no
 * history goes into a kit.
 */
import { existsSync, rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { copyBaseline } from '../../baseline/copy.ts';
import { BaselineReader } from '../../baseline/reader.ts';
import { signersOf } from '../../baseline/signature.ts';
import type { BaselineHeader } from '../../model/baseline.ts';
import { printableText } from '../../model/bytes.ts';
import { UserError } from '../../model/errors.ts';
import { isoTime, milliseconds, NANOSECONDS_PER_SECOND } from '../../system/host.ts';
import { OWN_PACKAGE } from '../../system/own-code.ts';
import { KIT, type KitMarker } from '../../system/own-kit.ts';
import { TemporaryFile } from '../../system/safe-write.ts';
import { takeTurns } from '../../system/turns.ts';
import type { Context } from '../context.ts';
import { openBaselineSource, readStandardInput } from '../generation/baseline-source.ts';
import { readSigners, signatureText, trustBaseline } from '../generation/signers.ts';
import { installedFiles } from '../installation/files.ts';
import { hasManifest, verifySelf } from '../installation/self.ts';
import { VERSION } from '../version.ts';
import { KitFolder } from './folder.ts';
import { requireXorriso, writeImage } from './iso.ts';
import { type Platform, platform } from './platform.ts';
import { addRuntime } from './runtime.ts';
import { checkScript, KIT_BASELINE, KIT_SEAL, KIT_SIGNERS, type KitFacts, readmeText, runScript } from './texts.ts';
import { tryKit } from './trial.ts';

export interface KitRequest {
  /** A directory, or the file of an image when it ends with .iso. */
  readonly target: string;
  readonly expectSeal: string | undefined;
  /** A file of allowed signers. */
  readonly signers: string | undefined;
  /** Seconds since 1970 of all files, as reproducible builds want it (SOURCE_DATE_EPOCH); undefined: now. */
  readonly seconds: number | undefined;
}

export interface MadeKit {
  readonly target: string;
  readonly facts: KitFacts;
  readonly signature: string;
  readonly objects: number;
  /** Of the list of digests. */
  readonly sha256: string;
}

const SSH_KEYGEN = '/usr/bin/ssh-keygen';
/** A package that was tampered with is nothing to take along. */
async function requireWhole(): Promise<void> {
  if (!hasManifest()) return;
  const { differences } = await verifySelf();
  if (differences.length === 0) return;
  throw new UserError('untrusted', 'this integ is not what its package installed', {
    hint: 'integ self verify names them; install it anew',
  });
}

function isImage(target: string): boolean {
  return target.endsWith('.iso');
}

/** The loader takes a list of folders, and some characters for more than themselves (ld.so(8)). */
function requireTarget(target: string): void {
  const name = printableText(target);
  if (/[:;$\\\n]/.test(target)) {
    throw new UserError('cannotCreate', `${name} has a character that the dynamic loader takes for its own`, {
      hint: 'name one without : ; $ and backslash',
    });
  }
  if (isImage(target) && existsSync(target)) {
    throw new UserError('cannotCreate', `${name} exists`, { hint: 'name a new file' });
  }
}

/** Throws a UserError; what was written is gone then. */
export async function makeKit(context: Context, request: KitRequest): Promise<MadeKit> {
  const target = resolve(request.target);
  requireTarget(target);
  const found = platform();
  await requireWhole();
  const bytes = context.baselineFile === '-' ? readStandardInput() : context.baselineFile;
  const baseline =
    typeof bytes === 'string'
      ? await openBaselineSource(context, { file: bytes, expectSeal: request.expectSeal })
      : await BaselineReader.openInTurns(
          bytes,
          request.expectSeal === undefined ? {} : { expectSeal: request.expectSeal },
        );
  try {
    const { verdict } = trustBaseline(context, baseline, request.signers);
    const signers = request.signers === undefined ? signersOf(baseline) : readSigners(context, request.signers);
    const seconds = request.seconds ?? Math.floor(milliseconds(context.host.now()) / 1000);
    const facts = factsOf(context, found, baseline, { seconds, hasSigners: signers.length > 0 });
    const parts: Parts = { context, found, source: bytes, facts, signers, seconds: request.seconds };
    const sha256 = isImage(target) ? await makeImage(parts, target, seconds) : await makeFolder(parts, target);
    return {
      target: request.target,
      facts,
      signature: signatureText(verdict),
      objects: baseline.entryCount,
      sha256,
    };
  } finally {
    baseline.close();
  }
}

function factsOf(
  { host }: Context,
  { arch, loader, libc }: Platform,
  { header, seal }: { readonly header: BaselineHeader; readonly seal: string },
  { seconds, hasSigners }: { readonly seconds: number; readonly hasSigners: boolean },
): KitFacts {
  return {
    version: VERSION,
    node: process.versions.node,
    libc,
    arch,
    loader: basename(loader),
    madeAt: isoTime(BigInt(seconds) * NANOSECONDS_PER_SECOND).replace(/\.\d+Z$/, 'Z'),
    madeOn: printableText(host.hostName()),
    host: printableText(header.host),
    sequence: header.sequence,
    createdAt: printableText(header.createdAt),
    seal,
    hasSigners,
  };
}

interface Parts {
  readonly context: Context;
  readonly found: Platform;
  /** The baseline: a file, or its bytes. */
  readonly source: string | Buffer;
  readonly facts: KitFacts;
  readonly signers: readonly string[];
  readonly seconds: number | undefined;
}

async function makeFolder(parts: Parts, path: string): Promise<string> {
  const folder = new KitFolder(path);
  try {
    return await fill(folder, parts);
  } catch (error) {
    folder.discard();
    throw error;
  }
}

async function makeImage(parts: Parts, target: string, seconds: number): Promise<string> {
  await requireXorriso();
  const image = TemporaryFile.beside(target);
  const path = `${image.path}.d`;
  const removeFolder = (): void => rmSync(path, { recursive: true, force: true });
  process.on('exit', removeFolder);
  try {
    const sha256 = await makeFolder(parts, path);
    await writeImage(path, image.path, seconds);
    image.publish();
    return sha256;
  } catch (error) {
    image.discard();
    throw error;
  } finally {
    process.off('exit', removeFolder);
    removeFolder();
  }
}

/** Gives back the digest of the list of digests. */
async function fill(folder: KitFolder, parts: Parts): Promise<string> {
  const { found, facts, signers, source, seconds } = parts;
  const programs = facts.hasSigners ? [SSH_KEYGEN] : [];
  const marker: KitMarker = { loader: facts.loader, programs: programs.map((program) => basename(program)) };
  for (const { from, to, mode } of installedFiles(OWN_PACKAGE, found)) {
    await takeTurns(folder.copying(from, `${KIT.integ}/${to}`, mode));
  }
  folder.write(KIT.marker, `${JSON.stringify(marker)}\n`, 0o644);
  await addRuntime(folder, found, programs);
  await copyBaseline({ source, target: folder.at(KIT_BASELINE), seal: facts.seal });
  folder.adopt(KIT_BASELINE, 0o600);
  folder.write(KIT_SEAL, `${facts.seal}\n`, 0o644);
  if (facts.hasSigners) folder.write(KIT_SIGNERS, `${signers.join('\n')}\n`, 0o644);
  folder.write('README.txt', readmeText(facts), 0o644);
  folder.write('check', checkScript(facts), 0o755);
  folder.write('run-integ', runScript(facts), 0o755);
  tryKit(folder, facts, programs);
  return folder.finish(seconds);
}
