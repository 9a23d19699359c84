import {
  byStatus,
  isSkip,
  misconfigured,
  refused,
  retry,
  type CanonicalEvent,
  type History,
  type HttpRequest,
  type HttpResponse,
  type Outcome,
  type Sent,
} from '../contract/index.js';
import type { Target } from '../accounts/model.js';
import type { StepEntry } from '../ledger/documents.js';
import type { HttpAnswer, HttpFailure, HttpPort } from '../platform/http/http-port.js';
import type { AttemptResult } from '../settle/transition.js';

/** What one attempt needs; everything in it is at hand before the first byte goes out. */
export interface Exchange {
  readonly target: Target;
  readonly settings: object;
  readonly event: CanonicalEvent;
  readonly history: History;
  /** An earlier attempt may have reached the partner. */
  readonly mayHaveArrived: boolean;
  readonly deliveries: HttpPort;
  readonly lookups: HttpPort;
}

const MAX_STEPS = 64;

/** An empty plan before anything was sent would count as delivered what nobody was told. */
const NO_STEPS = refused('WB_PLUGIN_SHAPE: build gave an empty list');
const TOO_LONG = refused(`WB_PLUGIN_SHAPE: build gave more than ${MAX_STEPS} requests`);
const NO_REQUEST = refused('WB_PLUGIN_SHAPE: build gave no request');

const shown = (request: HttpRequest): string =>
  `${request.method} ${request.shownUrl ?? request.url.split('?', 1)[0]}`;

/** Configuration faults of ours pause the target; everything else that kept the request from leaving is tried again. */
function fromFailure(failure: HttpFailure): Outcome {
  if (failure.code === 'WB_HTTP_BLOCKED') return misconfigured(`operator: ${failure.message}`);
  if (failure.code === 'WB_HTTP_INVALID_REQUEST')
    return refused(`${failure.code}: ${failure.message}`);
  return retry(undefined, `${failure.code}: ${failure.message}`);
}

interface Answered {
  readonly outcome: Outcome;
  readonly unsure: boolean;
  readonly ms: number;
  readonly status?: number;
  readonly answer?: string;
}

function failed(failure: HttpFailure): Answered {
  return { outcome: fromFailure(failure), unsure: failure.sent, ms: failure.ms };
}

function threw(plugin: string, stage: string, error: unknown): Outcome {
  const what = error instanceof Error ? error.message : 'unknown';
  return refused(`WB_PLUGIN_THREW: ${plugin} ${stage}: ${what}`.slice(0, 300));
}

function read(
  answer: Extract<HttpAnswer, { kind: 'response' }>,
  classify: (response: HttpResponse) => Outcome,
): Answered {
  const { status, headers, body, ms } = answer;
  return {
    outcome: classify({ status, headers, body }),
    unsure: false,
    ms,
    status,
    answer: body.slice(0, 4096),
  };
}

async function ask(
  port: HttpPort,
  request: HttpRequest,
  classify: (response: HttpResponse) => Outcome,
): Promise<Answered> {
  const answer = await port.send(request);
  return answer.kind === 'failure' ? failed(answer) : read(answer, classify);
}

const goesOn = (outcome: Outcome): boolean =>
  outcome.kind === 'delivered' || outcome.kind === 'duplicate';

function stepOf(outcome: Outcome): StepEntry {
  const remoteIds = 'remoteIds' in outcome ? (outcome.remoteIds ?? {}) : {};
  const note = 'note' in outcome ? outcome.note : undefined;
  return { remoteIds, ...(note === undefined ? {} : { note }) };
}

/** A look-up that throws tells nothing about the delivery: never final. */
function guarded<T>(plugin: string, run: () => T): T | Outcome {
  try {
    return run();
  } catch (error) {
    const what = error instanceof Error ? error.message : 'unknown';
    return retry(undefined, `WB_PLUGIN_THREW: ${plugin} lookup: ${what}`.slice(0, 300));
  }
}

/** The look-up before a re-send of unknown fate. Undefined: it is not there, send. */
async function lookUp(exchange: Exchange): Promise<AttemptResult | undefined> {
  const { target, settings, event, history, lookups } = exchange;
  const { name, lookup } = target.plugin;
  if (!lookup || !exchange.mayHaveArrived || history.steps.length > 0) return undefined;
  const request = guarded(name, () => lookup.build(event, settings, history));
  if (!request) return undefined;
  if ('kind' in request) return { outcome: request, unsure: true, ms: 0, step: 0, newSteps: [] };
  let missing = false;
  const answered = await ask(lookups, request, (response) => {
    const found = guarded(name, () => lookup.found(response, event, settings));
    missing = found === null;
    return found ?? retry();
  });
  if (missing) return undefined;
  // The look-up itself changes nothing at the partner: the delivery stays as unsure as it was.
  return { ...answered, unsure: true, step: 0, newSteps: [], request: shown(request) };
}

/** What the plugin wants sent, by its word now. `alone`: one plain request, nothing follows from its answer. */
interface Plan {
  readonly requests: readonly HttpRequest[];
  readonly alone: boolean;
}

/** A promise, or an object that only resembles a request, must not get as far as the wire. */
function isRequest(value: unknown): value is HttpRequest {
  const { method, url } = (value ?? {}) as Partial<Record<keyof HttpRequest, unknown>>;
  return typeof method === 'string' && typeof url === 'string';
}

function planOf(exchange: Exchange, steps: readonly StepEntry[]): Plan | Outcome {
  const { target, settings, event, history } = exchange;
  try {
    const built = target.plugin.build(event, settings, { ...history, steps });
    if ('kind' in built) return NO_REQUEST;
    if (isSkip(built)) return { kind: 'skipped', reason: built.skip };
    if (Array.isArray(built)) return listed(built as readonly HttpRequest[], steps.length);
    return isRequest(built) ? { requests: [built], alone: true } : NO_REQUEST;
  } catch (error) {
    return threw(target.plugin.name, 'build', error);
  }
}

function listed(requests: readonly HttpRequest[], done: number): Plan | Outcome {
  if (requests.length === 0 && done === 0) return NO_STEPS;
  if (requests.length > MAX_STEPS) return TOO_LONG;
  // A hole in the list would look like its end.
  const whole = Array.from(requests).every(isRequest);
  return whole ? { requests, alone: false } : NO_REQUEST;
}

const isOutcome = (value: Plan | Outcome): value is Outcome => 'kind' in value;

function classifier(exchange: Exchange, sent: Sent): (response: HttpResponse) => Outcome {
  const { target, event, settings } = exchange;
  return (response) => {
    try {
      return target.plugin.classify?.(response, event, settings, sent) ?? byStatus(response);
    } catch (error) {
      return threw(target.plugin.name, 'classify', error);
    }
  };
}

/** A look-up that finds what the first step was to make stands for that step. True when others follow it. */
function leadsOn(exchange: Exchange, known: AttemptResult): boolean {
  if (!goesOn(known.outcome)) return false;
  const plan = planOf(exchange, [stepOf(known.outcome)]);
  return isOutcome(plan) ? plan === TOO_LONG : plan.requests.length > 1;
}

/**
 * One attempt: look up if the last one's fate is unknown, then the requests in order from the first step without an
 * outcome. Never throws. The result is the last answer's; `newSteps` holds every step that got through.
 */
export async function runAttempt(
  exchange: Exchange,
  beforeSend: () => Promise<boolean>,
): Promise<AttemptResult | undefined> {
  const known = await lookUp(exchange);
  if (known && !leadsOn(exchange, known)) return known;
  const before = exchange.history.steps.length;
  const done: StepEntry[] = [...exchange.history.steps, ...(known ? [stepOf(known.outcome)] : [])];
  const result = (answered: Answered, step: number, request?: HttpRequest): AttemptResult => ({
    ...answered,
    step,
    newSteps: done.slice(before),
    ...(request ? { request: shown(request) } : {}),
  });
  let last: { answered: Answered; request: HttpRequest } | undefined;
  for (;;) {
    const step = done.length;
    const plan = planOf(exchange, done);
    if (isOutcome(plan)) return result({ outcome: plan, unsure: false, ms: 0 }, step);
    const request = plan.requests[step];
    if (!request)
      return last
        ? result(last.answered, step - 1, last.request)
        : nothingToDo(step, done.slice(before));
    if (!(await beforeSend())) return undefined;
    const sent: Sent = {
      step,
      attempt: exchange.history.attempt,
      mayHaveArrived: exchange.mayHaveArrived,
      history: { ...exchange.history, steps: done },
    };
    const answered = await ask(exchange.deliveries, request, classifier(exchange, sent));
    if (!goesOn(answered.outcome) || plan.alone) return result(answered, step, request);
    done.push(stepOf(answered.outcome));
    last = { answered, request };
  }
}

/** The plugin found that everything is as it should be (all steps of an earlier attempt got through). */
const nothingToDo = (step: number, newSteps: readonly StepEntry[]): AttemptResult => ({
  outcome: { kind: 'delivered', proof: 'confirmed', attributed: 'unknown' },
  unsure: false,
  ms: 0,
  step: Math.max(0, step - 1),
  newSteps,
});
