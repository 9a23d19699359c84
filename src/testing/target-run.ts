import {
  byStatus,
  checkSettings,
  isSkip,
  type CanonicalEvent,
  type History,
  type HttpRequest,
  type HttpResponse,
  type Outcome,
  type Sent,
  type Skip,
  type TargetPlugin,
} from '../contract/index.js';
import type { EventParts, ResponseFixture, TargetCase } from './fixtures.js';
import { deepFreeze } from './isolate.js';
import { SAMPLE_NOW, sampleEvent } from './sample-event.js';

/** Everything one call of a target needs. */
export interface TargetInput {
  readonly event: CanonicalEvent;
  readonly settings: object;
  readonly history: History;
}

export type Built = HttpRequest | readonly HttpRequest[] | Skip;

/** The checked, frozen input of a case. Throws with every fault when its settings are wrong. */
export function targetInput(
  plugin: TargetPlugin,
  one: TargetCase,
  sample: Readonly<Record<string, unknown>>,
): TargetInput {
  const result = checkSettings(plugin.settings, one.settings ?? sample, 'settings');
  if (!result.ok) {
    throw new Error(result.faults.map(({ path, rule }) => `${path} ${rule}`).join('; '));
  }
  const { entries = [], steps = [], now = SAMPLE_NOW, attempt = 1 } = one.history;
  const told = entries.map(({ event, state, remoteIds = {} }) => ({
    event: sampleEvent(event as EventParts),
    state,
    remoteIds,
  }));
  return deepFreeze({
    event: sampleEvent(one.event),
    settings: result.value,
    history: { entries: told, steps, now, attempt },
  });
}

/** The requests of a build, or undefined for a skip. */
export const requestsOf = (built: Built): readonly HttpRequest[] | undefined => {
  if (Array.isArray(built)) return built as readonly HttpRequest[];
  const one = built as HttpRequest | Skip;
  return isSkip(one) ? undefined : [one];
};

/** Golden requests may leave `shownUrl` out. */
export function comparable(built: Built, wanted: unknown): unknown {
  const list = requestsOf(built);
  if (!list) return built;
  const wants = Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted];
  return list.map((request, at) => {
    const { shownUrl, ...rest } = request;
    const golden = wants[at];
    const named = typeof golden === 'object' && golden !== null && 'shownUrl' in golden;
    return named ? { ...rest, shownUrl } : rest;
  });
}

/** A golden request as a list, for comparison. */
export const wantedList = (wanted: TargetCase['request']): unknown => {
  if (Array.isArray(wanted)) return wanted;
  return 'skip' in wanted ? wanted : [wanted];
};

export const toResponse = (
  one: Pick<ResponseFixture, 'status' | 'headers' | 'body'>,
): HttpResponse => ({
  status: one.status,
  headers: Object.fromEntries(
    Object.entries(one.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  ),
  body: one.body,
});

/** The plugin's own reading of an answer, or the default one. */
export function classify(
  plugin: TargetPlugin,
  input: TargetInput,
  response: HttpResponse,
  about: Partial<Omit<Sent, 'history'>> = {},
): Outcome {
  const sent = { step: 0, attempt: 1, mayHaveArrived: false, ...about, history: input.history };
  return plugin.classify
    ? plugin.classify(deepFreeze(response), input.event, input.settings, deepFreeze(sent))
    : byStatus(response);
}
