/** The parts that the schemas of a policy are made of: each says what it wants in the words of its messages. */
import * as z from 'zod/mini';

export const text = (what: string) => z.string(`must be ${what}`).check(z.minLength(1, `must be ${what}, not empty`));
/** A report repeats it with each finding. */
const LONGEST_REMARK = 2000;
export const remark = z
  .string('must be text')
  .check(
    z.regex(/\S/, 'must be text, not empty'),
    z.maxLength(LONGEST_REMARK, `must have at most ${LONGEST_REMARK} characters`),
  );
export const listOf = <Item extends z.core.SomeType>(item: Item, what: string) =>
  z.array(item, `must be a list of ${what}`).check(z.minLength(1, `must list at least one of ${what}`));
export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, `must be one of ${names.join(', ')}`);
export const about = (description: string) => z.describe(description);

const SIZE = "a size in bytes such as 65536, or '64K', '1M'";
export const size = z.union(
  [
    z.int(`must be ${SIZE}`).check(z.minimum(0, 'must not be negative')),
    z.string(`must be ${SIZE}`).check(z.regex(/^[0-9]{1,9}[KM]?$/, `must be ${SIZE}`)),
  ],
  `must be ${SIZE}`,
);

const ADDRESS = 'a mail address or the name of a local user';
// What RFC 5322 allows beyond it (quoted names, comments) nobody has in a policy; what could end a header is kept out.
export const address = z
  .string(`must be ${ADDRESS}`)
  .check(
    z.regex(/^[^\s<>(),;:"\\@\p{Cc}-][^\s<>(),;:"\\@\p{Cc}]*(?:@[^\s<>(),;:"\\@\p{Cc}]+)?$/u, `must be ${ADDRESS}`),
  );
