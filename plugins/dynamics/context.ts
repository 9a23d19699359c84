import { fromEpochMs, identifier, isRecord, listAt, pick, text, textAt } from '#contract';

/** Columns as texts; option sets and money by their value, references by their id. */
export type Columns = Readonly<Record<string, string>>;

/** What of a RemoteExecutionContext is read. */
export interface ExecutionContext {
  readonly message: string;
  readonly entity: string;
  readonly id: string | null;
  readonly operation: string | null;
  readonly at: string | null;
  /** Columns that were written. */
  readonly changed: Columns;
  /** Columns of the post image, where one is registered. */
  readonly image: Columns;
}

const NONE = '00000000-0000-0000-0000-000000000000';

/** A record id in lower case without braces; undefined for the empty one. */
const guid = (value: unknown): string | undefined => {
  const found = identifier(value)?.toLowerCase().replace(/[{}]/g, '');
  return found === NONE ? undefined : found;
};

/** `/Date(1795168770000)/`, with or without an offset, which only says how to show it. */
const moment = (value: string | undefined): string | undefined =>
  fromEpochMs(/^\/Date\((\d{1,14})(?:[+-]\d{4})?\)\/$/.exec(value ?? '')?.[1]);

const flat = (value: unknown): string | undefined =>
  typeof value === 'boolean'
    ? String(value)
    : (text(value) ?? text(pick(value, 'Value')) ?? guid(pick(value, 'Id')));

/** A list of `{key, value}`; the serializer's way to write a map. */
function columnsOf(entity: unknown): Columns {
  return Object.fromEntries(
    listAt(entity, 'Attributes').flatMap((pair) => {
      const name = textAt(pair, 'key');
      const found = flat(pick(pair, 'value'));
      return name === undefined || found === undefined || name === '__proto__'
        ? []
        : [[name.toLowerCase(), found] as const];
    }),
  );
}

const valueOf = (context: unknown, list: string, key: string): unknown =>
  listAt(context, list)
    .filter(isRecord)
    .find((pair) => pair['key'] === key)?.['value'];

/** Win and Lose bring the activity that closes; QualifyLead names the lead. */
const subjectOf = (context: unknown): unknown =>
  valueOf(context, 'InputParameters', 'Target') ??
  valueOf(context, 'InputParameters', 'OpportunityClose');

/** The context, or undefined when the body is none. */
export function contextOf(value: unknown): ExecutionContext | undefined {
  const message = textAt(value, 'MessageName');
  const entity = textAt(value, 'PrimaryEntityName');
  if (message === undefined || entity === undefined) return undefined;
  const changed = columnsOf(subjectOf(value));
  const lead = valueOf(value, 'InputParameters', 'LeadId');
  const id =
    guid(changed['opportunityid']) ??
    guid(pick(lead, 'Id')) ??
    guid(textAt(value, 'PrimaryEntityId'));
  return {
    message: message.toLowerCase(),
    entity: entity.toLowerCase() === 'opportunityclose' ? 'opportunity' : entity.toLowerCase(),
    id: id ?? null,
    operation: guid(textAt(value, 'OperationId')) ?? guid(textAt(value, 'CorrelationId')) ?? null,
    at: moment(textAt(value, 'OperationCreatedOn')) ?? null,
    changed,
    image: columnsOf(pick(listAt(value, 'PostEntityImages')[0], 'value')),
  };
}
