/**
 * What is in a release, in CycloneDX and SPDX: npm says it, with the packages for development and those for other
 * systems left out, and the same words each time. Needs node_modules of this checkout, and dist.
 */
import { createHash } from 'node:crypto';
import { CHECKOUT, PACKAGE, run } from './checkout.ts';
import { bundledPackages } from './copyright.ts';

/** Only what is used of the two forms. */
interface CycloneDx {
  serialNumber?: string;
  metadata: { timestamp?: string; component: { 'bom-ref': string; name: string } };
  components: { 'bom-ref': string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

interface Spdx {
  documentNamespace: string;
  creationInfo: { created: string };
  packages: { SPDXID: string; name: string; versionInfo: string }[];
  relationships: { spdxElementId: string; relatedSpdxElement: string }[];
}

/** name@version of what is inside, beside integ: bundled, or with native code. */
function inside(all: readonly string[]): Set<string> {
  const native = [...Object.keys(PACKAGE.dependencies), '@koromix/koffi-linux-', 'node-linux-'];
  const bundled = new Set(bundledPackages().map(({ name, version }) => `${name}@${version}`));
  return new Set<string>(all.filter((id) => bundled.has(id) || native.some((name) => id.startsWith(name))));
}

/** A UUID that says nothing but the content: of version 8 (RFC 9562). */
function contentId(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

function npmSbom(format: string): string {
  return run('npm', ['sbom', `--sbom-format=${format}`], { cwd: CHECKOUT });
}

export function cycloneDx(seconds: number): string {
  // npm writes this form.
  const bom = JSON.parse(npmSbom('cyclonedx')) as CycloneDx;
  const own = bom.metadata.component;
  const kept = inside(bom.components.map((component) => component['bom-ref']));
  own.name = 'integ';
  bom.components = bom.components.filter((component) => kept.has(component['bom-ref']));
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => ref === own['bom-ref'] || kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
  bom.metadata.timestamp = new Date(seconds * 1000).toISOString();
  delete bom.serialNumber;
  bom.serialNumber = `urn:uuid:${contentId(json(bom))}`;
  return json(bom);
}

export function spdx(seconds: number): string {
  // npm writes this form.
  const document = JSON.parse(npmSbom('spdx')) as Spdx;
  const names = document.packages.map(({ name, versionInfo }) => `${name}@${versionInfo}`);
  const kept = inside(names).add(`integ@${PACKAGE.version}`);
  document.packages = document.packages.filter((_, index) => kept.has(names[index] ?? ''));
  const ids = new Set(['SPDXRef-DOCUMENT', ...document.packages.map(({ SPDXID }) => SPDXID)]);
  document.relationships = document.relationships.filter(
    ({ spdxElementId, relatedSpdxElement }) => ids.has(spdxElementId) && ids.has(relatedSpdxElement),
  );
  document.creationInfo.created = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  document.documentNamespace = '';
  document.documentNamespace = `http://spdx.org/spdxdocs/integ-${PACKAGE.version}-${contentId(json(document))}`;
  return json(document);
}
