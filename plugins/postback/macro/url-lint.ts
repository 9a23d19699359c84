import { readUrl } from './url.js';

/** A macro in the plain manner of writing; `${x}` is another one. */
const BRACES = /(?<!\$)\{/;
const OTHER = /\$\{|\[[A-Za-z_]|#[A-Za-z_][^#]*#|%[A-Za-z_]{3,}%/;

/**
 * What the URL setting alone can judge. With macros in another manner of writing the verdict waits for the
 * plugin's own check, which knows `delimiters`.
 */
export function urlFaults(template: string): readonly string[] {
  if (!BRACES.test(template) && OTHER.test(template)) return [];
  return readUrl(template, '{x}').faults;
}
