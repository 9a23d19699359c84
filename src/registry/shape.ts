import {
  CONTRACT_VERSION,
  EVENT_TYPES,
  fieldsOf,
  NoSettings,
  type SettingsClass,
} from '../contract/index.js';
import type { PluginFault, PluginFaultCode } from './registry-error.js';

type Members = Readonly<Record<string, unknown>>;
type Report = (member: string, rule: string, code?: PluginFaultCode) => void;

const TYPES: ReadonlySet<unknown> = new Set(EVENT_TYPES);
const BECOMES: ReadonlySet<unknown> = new Set([...EVENT_TYPES, 'test', 'ignored', 'link']);
const FATES: ReadonlySet<unknown> = new Set(['resend', 'lookup', 'hold']);
const KEBAB = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isMap = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOf = (value: unknown, known: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(known);

function isSettingsClass(value: unknown): boolean {
  if (value === NoSettings) return true;
  // A class of another copy of the contract has its fields declared there, not here.
  return typeof value === 'function' && fieldsOf(value as SettingsClass<object>).length > 0;
}

const SETTINGS_RULE =
  'must be a class whose fields carry the decorators of the contract (@Secret, @Text …), or NoSettings';

function checkFunctions(
  plugin: Members,
  needed: readonly string[],
  optional: readonly string[],
  report: Report,
): void {
  for (const member of needed) {
    if (typeof plugin[member] !== 'function') report(member, 'must be a function');
  }
  for (const member of optional) {
    const value = plugin[member];
    if (value !== undefined && typeof value !== 'function')
      report(member, 'must be a function when present');
  }
}

/** An optional part such as `enrich` or `lookup`: a map of functions. */
function checkPart(
  plugin: Members,
  part: string,
  members: readonly string[],
  report: Report,
): void {
  const value = plugin[part];
  if (value === undefined) return;
  if (!isMap(value)) report(part, 'must be a map when present');
  else {
    for (const member of members) {
      if (typeof value[member] !== 'function') report(`${part}.${member}`, 'must be a function');
    }
  }
}

function checkEvents(events: unknown, report: Report): void {
  if (!Array.isArray(events) || events.length === 0) {
    report('events', 'must list at least one word of the network and what it becomes');
    return;
  }
  const seen = new Set<string>();
  events.forEach((row: unknown, at) => {
    const { native, becomes } = isMap(row) ? row : ({} as Members);
    if (!isText(native)) report(`events[${at}].native`, 'must be a text');
    // One word may become several things (a first payment and a rebill), but each only once.
    else if (seen.has(`${native} ${String(becomes)}`)) {
      report(`events[${at}].native`, `"${native}" stands twice as ${String(becomes)}`);
    } else seen.add(`${native} ${String(becomes)}`);
    if (!BECOMES.has(becomes)) {
      report(`events[${at}].becomes`, `${String(becomes)} is no event type, test, ignored or link`);
    }
  });
}

function checkJobs(jobs: unknown, report: Report): void {
  if (jobs === undefined) return;
  if (!Array.isArray(jobs)) {
    report('jobs', 'must be a list when present');
    return;
  }
  jobs.forEach((job: unknown, at) => {
    const { name, every, wants, build, apply } = isMap(job) ? job : ({} as Members);
    if (!isText(name)) report(`jobs[${at}].name`, 'must be a text');
    if (!Number.isSafeInteger(every) || Number(every) < 1000) {
      report(`jobs[${at}].every`, 'must be a whole number of milliseconds, 1000 or more');
    }
    for (const [member, value] of Object.entries({ wants, build, apply }))
      if (typeof value !== 'function') report(`jobs[${at}].${member}`, 'must be a function');
  });
}

/** A source that only polls lets nothing in by itself. */
function hasMethods({ methods, jobs }: Members): boolean {
  const polls = Array.isArray(methods) && methods.length === 0;
  return polls
    ? Array.isArray(jobs) && jobs.length > 0
    : isListOf(methods, (one) => one === 'POST' || one === 'GET' || one === 'PUT');
}

function checkSource(plugin: Members, report: Report): void {
  if (!isSettingsClass(plugin['credentials'])) report('credentials', SETTINGS_RULE);
  if (!hasMethods(plugin)) {
    report('methods', 'must list POST, GET or PUT; none where only jobs bring something in');
  }
  const limit = plugin['bodyLimit'];
  if (limit !== undefined && (!Number.isSafeInteger(limit) || Number(limit) < 1)) {
    report('bodyLimit', 'must be a whole number of bytes');
  }
  for (const member of ['contentTypes', 'keepHeaders', 'redact']) {
    const value = plugin[member];
    if (value !== undefined && !(Array.isArray(value) && value.every(isText))) {
      report(member, 'must be a list of texts when present');
    }
  }
  checkEvents(plugin['events'], report);
  checkFunctions(
    plugin,
    ['verify', 'normalize'],
    ['probe', 'materials', 'keep', 'reopen', 'acknowledge'],
    report,
  );
  checkPart(plugin, 'enrich', ['wants', 'build', 'apply'], report);
  checkPart(plugin, 'token', ['wants', 'build', 'read', 'lay'], report);
  checkJobs(plugin['jobs'], report);
}

function checkTarget(plugin: Members, report: Report): void {
  const isType = (one: unknown): boolean => TYPES.has(one);
  if (!isListOf(plugin['accepts'], isType))
    report('accepts', `must list event types: ${EVENT_TYPES.join(', ')}`);
  const history = plugin['needsHistory'];
  if (history !== undefined && !(Array.isArray(history) && history.every(isType))) {
    report('needsHistory', 'must list event types when present');
  }
  const fate = plugin['onUncertain'];
  if (fate !== undefined && !FATES.has(fate)) {
    report('onUncertain', 'must be resend, lookup or hold when present');
  }
  if (fate === 'lookup' && plugin['lookup'] === undefined)
    report('lookup', "is needed by onUncertain: 'lookup'");
  checkFunctions(plugin, ['build'], ['classify', 'lint'], report);
  checkPart(plugin, 'lookup', ['build', 'found'], report);
}

function checkContract(contract: unknown, report: Report): void {
  const major = (text: unknown): string => String(text).split('.')[0] ?? '';
  if (!isText(contract) || !/^\d+\.\d+/.test(contract)) {
    report('contract', 'must be a version text such as "1.0"', 'WB_PLUGIN_CONTRACT');
  } else if (major(contract) !== major(CONTRACT_VERSION)) {
    const rule = `is written for contract ${contract}; this gateway speaks ${CONTRACT_VERSION}`;
    report('contract', rule, 'WB_PLUGIN_CONTRACT');
  }
}

/**
 * Every rule that a default export breaks; empty when it is a plugin. `path` names it in each fault, `folder` is the
 * name it must carry (undefined for packages, which are named as they like).
 */
export function shapeFaults(value: unknown, path: string, folder?: string): readonly PluginFault[] {
  const faults: PluginFault[] = [];
  const report: Report = (member, rule, code = 'WB_PLUGIN_SHAPE') => {
    faults.push({ code, path: `${path}#${member}`, rule });
  };
  if (!isMap(value)) {
    return [
      {
        code: 'WB_PLUGIN_SHAPE',
        path,
        rule: 'has no default export made by defineSource or defineTarget',
      },
    ];
  }
  const { kind, name, label, settings } = value;
  if (kind !== 'source' && kind !== 'target') {
    report(
      'kind',
      'must be "source" or "target"; make the plugin with defineSource or defineTarget',
    );
  }
  checkContract(value['contract'], report);
  if (!isText(name) || !KEBAB.test(name)) report('name', 'must be kebab-case', 'WB_PLUGIN_NAME');
  else if (folder !== undefined && name !== folder) {
    report('name', `is "${name}", but the folder is "${folder}"`, 'WB_PLUGIN_NAME');
  }
  if (!isText(label)) report('label', 'must be a text');
  if (!isSettingsClass(settings)) report('settings', SETTINGS_RULE);
  if (kind === 'source') checkSource(value, report);
  if (kind === 'target') checkTarget(value, report);
  return faults;
}
