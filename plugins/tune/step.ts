import type { HttpRequest, RemoteIds, Skip } from '#contract';

export interface Step {
  /** `postback`: the tracking host. `read-back`, `find`, `edit`: the network API. */
  readonly kind: 'postback' | 'read-back' | 'find' | 'edit';
  readonly request: HttpRequest;
  /** The field and our name in it by which one conversion of a click is told from the others. */
  readonly name?: { readonly field: string; readonly value: string };
  /** When the conversion that is looked for came to be, ISO: a very young one may not be listed yet. */
  readonly since?: string;
  /** What its answer tells decides the next step. */
  readonly leadsOn?: boolean;
  /** Ids that the outcome must carry on. */
  readonly keep: RemoteIds;
}

export type Plan = readonly Step[] | Skip;

export const isSkipped = (plan: Plan): plan is Skip => 'skip' in plan;
