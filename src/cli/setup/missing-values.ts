import type { Call } from '../program/call.js';
import { usageFault } from '../program/exit.js';
import { ask, canAsk } from '../show/ask.js';
import { typedValue, type Placed } from './given-values.js';
import type { Field } from './plugin-fields.js';

const isGiven = (field: Field, placed: Placed): boolean =>
  Object.hasOwn(placed[field.place], field.name);

const optionFor = ({ name, secret }: Field): string =>
  secret ? `--secret ${name}=env:VARIABLE` : `--set ${name}=…`;

/** Asks for what is required and was not given; without a terminal that is a usage fault that lists it all. */
export async function askMissing(
  call: Call,
  fields: readonly Field[],
  placed: Placed,
): Promise<void> {
  const missing = fields.filter((field) => field.required && !isGiven(field, placed));
  if (missing.length === 0) return;
  if (!canAsk(call.io))
    throw usageFault(
      `missing: ${missing.map(({ name, title }) => `${name} (${title})`).join(', ')}`,
      `add ${missing.map(optionFor).join(' ')}`,
    );
  for (const field of missing) placed[field.place][field.name] = await asked(call, field);
}

async function asked(call: Call, field: Field): Promise<unknown> {
  const { name, title, hint, secret, choices } = field;
  if (hint !== undefined) call.io.note(`  ${hint}`);
  const list = choices.length === 0 ? '' : ` (${choices.join(', ')})`;
  const unseen = secret ? ', not shown while you type' : '';
  const text = (await ask(call.io, `${title} [${name}${unseen}]${list}: `, secret)).trim();
  if (text === '') throw usageFault(`${name} is needed`);
  if (secret) call.io.keep(text);
  return typedValue(call, field, text);
}
