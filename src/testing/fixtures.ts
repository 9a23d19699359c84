import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Acknowledgement,
  CanonicalEvent,
  EventDraft,
  HttpRequest,
  HttpResponse,
  Outcome,
  OrderLink,
  RemoteIds,
  StepAnswer,
} from '../contract/index.js';

type Plain = Readonly<Record<string, unknown>>;

/** How a case departs from the sample request. Every member is optional. */
export interface SourceCaseOptions {
  /** Server clock, ISO; default 2026-11-20T10:00:00.000Z. */
  readonly receivedAt?: string;
  /** Sender's clock, ISO; default `receivedAt`. */
  readonly sealedAt?: string;
  /** Laid over the sample credentials that `verify` gets. */
  readonly credentials?: Plain;
  /** Laid over the sample credentials that `seal` gets: a forgery. */
  readonly sealWith?: Plain;
  /** Replaces the sample settings. */
  readonly settings?: Plain;
  /** Fourth argument of `seal`. */
  readonly seal?: Plain;
  /** Public URL of the endpoint; default `https://gateway.example/in/<plugin>/acme` with token and query. */
  readonly url?: string;
  /** Answers to the plugin's `materials` requests, in order. */
  readonly materials?: readonly HttpResponse[];
  /** Changes to the sealed request, as an attacker or a broken proxy would make them. */
  readonly mutate?: {
    readonly method?: string;
    /** null drops the header. */
    readonly headers?: Readonly<Record<string, string | null>>;
    readonly replaceInBody?: readonly [from: string, to: string];
    readonly body?: string;
    readonly query?: string;
    readonly pathToken?: string;
  };
}

/** The golden meaning of a source case: exactly one of `drafts`, `notUnderstood`, `rejected`. */
export interface SourceGolden {
  readonly trust?: string;
  readonly drafts?: readonly (EventDraft | OrderLink)[];
  readonly notUnderstood?: string;
  readonly rejected?: string;
  readonly acknowledge?: Partial<Acknowledgement>;
}

/** One folder of a source's fixtures. */
export interface SourceCase {
  readonly name: string;
  readonly payload: unknown;
  readonly options: SourceCaseOptions;
  readonly golden: SourceGolden;
}

/** A delivery told earlier, as fixtures write it: parts of the event only. */
export interface HistoryFixture {
  readonly entries?: readonly { event: Plain; state: string; remoteIds?: RemoteIds }[];
  readonly steps?: readonly StepAnswer[];
  readonly now?: number;
  readonly attempt?: number;
}

/** A partner's answer and the exact outcome it must come to. */
export interface ResponseFixture {
  readonly name: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly step?: number;
  readonly attempt?: number;
  readonly mayHaveArrived?: boolean;
  readonly outcome: Outcome | null;
}

/** One folder of a target's fixtures. */
export interface TargetCase {
  readonly name: string;
  /** Parts of the event, laid over the sample event. */
  readonly event: Plain;
  /** Replaces the sample settings. */
  readonly settings?: Plain;
  readonly history: HistoryFixture;
  readonly request: HttpRequest | readonly HttpRequest[] | { readonly skip: string };
  readonly responses: readonly ResponseFixture[];
  readonly lookup?: {
    readonly request: HttpRequest | null;
    readonly responses: readonly ResponseFixture[];
  };
}

/** Parts of a canonical event, to any depth. */
export type EventParts = Plain | Partial<CanonicalEvent>;

/** Parsed JSON of a fixture file, or `fallback` when the file is absent. Errors name the file. */
function read<T>(dir: string, file: string, fallback?: T): T {
  const path = join(dir, file);
  if (!existsSync(path)) {
    if (fallback !== undefined) return fallback;
    throw new Error(`fixture file missing: ${path}`);
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (cause) {
    throw new Error(`fixture file is not JSON: ${path}`, { cause });
  }
}

function caseFolders(fixturesDir: string): readonly string[] {
  return readdirSync(fixturesDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Every case of a source, by folder name. */
export function loadSourceCases(fixturesDir: string): readonly SourceCase[] {
  return caseFolders(fixturesDir).map((name) => {
    const dir = join(fixturesDir, name);
    return {
      name,
      payload: read<unknown>(dir, 'payload.json'),
      options: read<SourceCaseOptions>(dir, 'case.json', {}),
      golden: read<SourceGolden>(dir, 'events.json'),
    };
  });
}

/** Every case of a target, by folder name. */
export function loadTargetCases(fixturesDir: string): readonly TargetCase[] {
  return caseFolders(fixturesDir).map((name) => {
    const dir = join(fixturesDir, name);
    const has = (file: string): boolean => existsSync(join(dir, file));
    return {
      name,
      event: read<Plain>(dir, 'event.json'),
      ...(has('settings.json') ? { settings: read<Plain>(dir, 'settings.json') } : {}),
      history: read<HistoryFixture>(dir, 'history.json', {}),
      request: read<TargetCase['request']>(dir, 'request.json'),
      responses: read<readonly ResponseFixture[]>(dir, 'responses.json', []),
      ...(has('lookup.json')
        ? { lookup: read<NonNullable<TargetCase['lookup']>>(dir, 'lookup.json') }
        : {}),
    };
  });
}

/** A target's sample settings. */
export const loadTargetSettings = (fixturesDir: string): Plain =>
  read<Plain>(fixturesDir, 'settings.json', {});
