/** What the predefined templates expand to, as data for `integ policy templates` and the documentation. */
import {
  type AttributeName,
  DEFAULT_DIGESTS,
  type DigestName,
  TEMPLATE_NAMES,
  type TemplateName,
} from '../model/attributes.ts';
import { predefinedTemplates, toWatch } from './watch.ts';

export interface TemplateDescription {
  readonly name: TemplateName;
  readonly description: string;
  /** Attributes whose every difference counts. */
  readonly attributes: readonly AttributeName[];
  /** Digests that are computed although a difference alone does not count: they prove the first bytes of a file. */
  readonly prefixDigests: readonly DigestName[];
  readonly neverShrinks: boolean;
}

const DESCRIPTIONS: Readonly<Record<TemplateName, string>> = {
  'read-only': 'nothing may change: content, rights, times, inode; only the time of access may',
  config: 'as read-only, but a file may be replaced by an equal one (no inode, ctime and blocks)',
  dynamic: 'identity and rights; content, size and times may change',
  growing: 'as dynamic, and the size never shrinks',
  'append-only': 'as growing, and the bytes recorded before are still the first bytes',
  device: 'as dynamic, for device nodes: with the device that a node stands for',
  existence: 'that it exists and is of the same type',
  all: 'every attribute, the time of access among them',
};

/** The predefined templates with the digests of a policy. */
export function describeTemplates(digests: readonly DigestName[] = DEFAULT_DIGESTS): readonly TemplateDescription[] {
  const templates = predefinedTemplates(digests);
  return TEMPLATE_NAMES.flatMap((name) => {
    const ingredients = templates.get(name);
    if (ingredients === undefined) return [];
    const watch = toWatch(ingredients, digests);
    return {
      name,
      description: DESCRIPTIONS[name],
      attributes: watch.attributes,
      prefixDigests: watch.digests.filter((digest) => !watch.attributes.includes(digest)),
      neverShrinks: watch.growing,
    };
  });
}
