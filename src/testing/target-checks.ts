import {
  secretsOf,
  type CanonicalEvent,
  type EventType,
  type HttpRequest,
  type HttpResponse,
  type TargetPlugin,
} from '../contract/index.js';
import { check, differs, holdsSecret, messageOf, type Check, type Faults } from './fault.js';
import type { ResponseFixture, TargetCase } from './fixtures.js';
import { HOSTILE_BODIES, hostileEvent, bareEvent } from './hostile.js';
import { inWorld, TWO_WORLDS } from './isolate.js';
import { isSkipReason, outcomeFaults, requestFaults } from './outcome-rules.js';
import {
  classify,
  comparable,
  requestsOf,
  targetInput,
  toResponse,
  wantedList,
  type Built,
  type TargetInput,
} from './target-run.js';

type Settings = Readonly<Record<string, unknown>>;

const build = (plugin: TargetPlugin, { event, settings, history }: TargetInput): Built =>
  plugin.build(event, settings, history);

function lawful(plugin: TargetPlugin, built: Built): Faults {
  const requests = requestsOf(built);
  if (requests) {
    return requests.length === 0 ? ['an empty list of requests'] : requests.flatMap(requestFaults);
  }
  const reason = (built as { skip?: unknown }).skip;
  return isSkipReason(reason)
    ? []
    : [`${plugin.name} skips for an unknown reason: ${String(reason)}`];
}

/** What a screen shows of a request: the URL without its query, unless the plugin masks it itself. */
const shown = ({ url, shownUrl }: HttpRequest): string => shownUrl ?? url.replace(/[?#].*$/s, '');

function secretFaults(plugin: TargetPlugin, input: TargetInput): Faults {
  const secrets = secretsOf(plugin.settings, input.settings);
  const urls = (requestsOf(build(plugin, input)) ?? []).map(shown);
  const encoded = secrets.map((secret) => encodeURIComponent(secret));
  return holdsSecret(urls, [...secrets, ...encoded]) ? ['a secret stands in the shown URL'] : [];
}

function answerFaults(plugin: TargetPlugin, input: TargetInput, one: ResponseFixture): Faults {
  const { step = 0, attempt = 1, mayHaveArrived = false } = one;
  const found = classify(plugin, input, toResponse(one), { step, attempt, mayHaveArrived });
  return [...outcomeFaults(found), ...differs(`answer "${one.name}"`, found, one.outcome)];
}

/** Statuses that partners really use; every odd body is tried on these, the HTML page on all from 200 to 599. */
const USUAL = [200, 201, 202, 204, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503];

/** No body on any status makes the plugin throw or invent an outcome. */
function hostileFaults(read: (status: number, body: string) => Faults): Faults {
  const [page = '', ...odd] = HOSTILE_BODIES;
  const pages = Array.from({ length: 400 }, (_none, at) => [200 + at, page] as const);
  const others = odd.flatMap((body) => USUAL.map((status) => [status, body] as const));
  for (const [status, body] of [...pages, ...others]) {
    const where = `HTTP ${status} ${body.slice(0, 24)}`;
    try {
      const faults = read(status, body);
      if (faults.length > 0) return faults.map((fault) => `${where}: ${fault}`);
    } catch (error) {
      return [`${where}: threw ${messageOf(error)}`];
    }
  }
  return [];
}

const hostileAnswers = (plugin: TargetPlugin, input: TargetInput): Faults =>
  hostileFaults((status, body) =>
    outcomeFaults(classify(plugin, input, { status, headers: {}, body })),
  );

function lookupChecks(
  plugin: TargetPlugin,
  one: TargetCase,
  input: () => TargetInput,
  named: (what: string, run: () => Faults) => Check,
): readonly Check[] {
  const { lookup } = plugin;
  const golden = one.lookup;
  if (!lookup)
    return golden ? [named('lookup', () => ['a golden look-up, but the plugin has none'])] : [];
  const found = (response: HttpResponse, { event, settings } = input()): unknown =>
    lookup.found(response, event, settings);
  return [
    named('look-up request', () => {
      const { event, settings, history } = input();
      const request = lookup.build(event, settings, history);
      const lawfulness = request ? requestFaults(request) : [];
      if (!golden) return lawfulness;
      const same = request ? comparable(request, golden.request) : [request];
      return [...lawfulness, ...differs('look-up request', same, [golden.request])];
    }),
    ...(golden?.responses ?? []).map((answer) =>
      named(`look-up answer ${answer.name}`, () =>
        differs('look-up outcome', found(toResponse(answer)), answer.outcome),
      ),
    ),
    named('look-up answers of any kind', () => {
      const given = input();
      return hostileFaults((status, body) => {
        const outcome = found({ status, headers: {}, body }, given);
        return outcome === null ? [] : outcomeFaults(outcome);
      });
    }),
  ];
}

function caseChecks(plugin: TargetPlugin, one: TargetCase, sample: Settings): readonly Check[] {
  const input = (): TargetInput => targetInput(plugin, one, sample);
  const named = (what: string, run: () => Faults): Check => check(`${one.name}: ${what}`, run);
  return [
    named('golden request', () => {
      const built = build(plugin, input());
      return differs('request', comparable(built, one.request), wantedList(one.request));
    }),
    named('a lawful request of an accepted type', () => {
      const built = build(plugin, input());
      const { type } = input().event;
      const stray = requestsOf(built) && !plugin.accepts.includes(type);
      return [...lawful(plugin, built), ...(stray ? [`${type} is not in accepts`] : [])];
    }),
    named('no clock, no dice, no network', () => {
      const [a, b] = TWO_WORLDS.map((world) => inWorld(world, () => build(plugin, input())));
      return differs('the plugin reads a clock or dice of its own', b, a);
    }),
    named('no secret in the shown URL', () => secretFaults(plugin, input())),
    ...one.responses.map((answer) =>
      named(`answer ${answer.name}`, () => answerFaults(plugin, input(), answer)),
    ),
    named('answers of any kind', () => hostileAnswers(plugin, input())),
    ...lookupChecks(plugin, one, input, named),
  ];
}

function lintFaults(plugin: TargetPlugin, one: TargetCase, sample: Settings): Faults {
  const { settings } = targetInput(plugin, one, sample);
  return plugin.lint?.(settings) ?? [];
}

/** Every accepted type, once with nothing but the bare facts and once with hostile texts in every id. */
function eventFaults(
  plugin: TargetPlugin,
  input: TargetInput,
  make: (type: EventType) => CanonicalEvent,
): Faults {
  return plugin.accepts.flatMap((type) => {
    try {
      const built = build(plugin, { ...input, event: make(type) });
      return lawful(plugin, built).map((fault) => `${type}: ${fault}`);
    } catch (error) {
      return [`${type}: threw ${messageOf(error)}`];
    }
  });
}

/** The contract suite of a target as pure checks. `sample`: its sample settings. */
export function targetChecks(
  plugin: TargetPlugin,
  cases: readonly TargetCase[],
  sample: Settings,
): readonly Check[] {
  const [first] = cases;
  if (!first) return [check('brings cases', () => ['no case'])];
  const input = (): TargetInput => targetInput(plugin, { ...first, history: {} }, sample);
  return [
    check('sample settings are sound', () => lintFaults(plugin, first, sample)),
    ...cases.flatMap((one) => caseChecks(plugin, one, sample)),
    check('an event with bare facts never makes it throw', () =>
      eventFaults(plugin, input(), bareEvent),
    ),
    check('hostile texts never break out of a request', () =>
      eventFaults(plugin, input(), hostileEvent),
    ),
  ];
}
