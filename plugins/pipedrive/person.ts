import { isRecord, listAt, text } from '#contract';

/** The primary e-mail of a person, else the first: `emails` in webhooks v2, `email` in v1 and in the API. */
export function emailOf(person: unknown): string | undefined {
  const all = [...listAt(person, 'emails'), ...listAt(person, 'email')].filter(isRecord);
  return text((all.find(({ primary }) => primary === true) ?? all[0])?.['value']);
}
