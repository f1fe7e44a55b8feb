/** What run.js hands to long.fuzz.ts, and what comes back. */
import type { FuzzOptions } from './engine/fuzz.ts';

declare module 'vitest' {
  interface ProvidedContext {
    fuzz: FuzzOptions & { readonly target?: string | undefined };
  }
  interface TaskMeta {
    /** Lines about a target. */
    fuzz?: string;
  }
}
