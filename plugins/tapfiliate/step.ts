import type { HttpRequest, RemoteIds, Skip } from '#contract';

/** What a request is for; its answer is read accordingly. */
export type StepKind =
  | 'click'
  | 'customer'
  | 'conversion'
  | 'commission'
  | 'lookup'
  | 'find'
  | 'find-customer'
  | 'approve'
  | 'disapprove'
  | 'amount'
  | 'recalculate'
  | 'customer-status';

export interface Step {
  readonly kind: StepKind;
  readonly request: HttpRequest;
  /** Whom it is about, for messages: an `external_id`, a commission id. */
  readonly subject: string;
  /** Ids that the outcome must carry on, so that a later reversal finds them. */
  readonly keep?: RemoteIds;
  /** The amount that the answer should show. */
  readonly amount?: string;
  /** A found commission without its amount is of no use: a share of it must be computed. */
  readonly needsAmounts?: boolean;
  /** What its answer tells may call for further steps. */
  readonly leadsOn?: boolean;
  /** Comment of the rebill whose commission is meant. */
  readonly tag?: string;
  /** This step follows a create that is done already: its failure must not make the whole delivery a failure. */
  readonly extra?: boolean;
}

export type Plan = readonly Step[] | Skip;

export const isSkipped = (plan: Plan): plan is Skip => 'skip' in plan;
