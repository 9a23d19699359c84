import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkSettings, EVENT_TYPES, fieldsOf } from '#contract';
import { ALIASES, MACROS } from './macro/names.js';
import { MODIFIERS } from './macro/modifiers.js';
import plugin from './index.js';
import { PostbackSettings } from './settings.js';
import { PRESET_NAMES } from './success.js';

/** The formatter pads table cells. */
const README = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').replace(
  /(?<=\|.*) +(?=\|)|(?<=\|) +/g,
  ' ',
);
const recipes = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)]
  .map(([, text = '']) => text.trim())
  .filter((text) => !/^\s/m.test(text));

const scalar = (text: string): string => (text.startsWith("'") ? text.slice(1, -1) : text);

/** The little of YAML that the recipes use: `name: 'text'` and `name: { A: b, C: 'd' }`, one per line. */
function settingsOf(recipe: string): Readonly<Record<string, unknown>> {
  const entries = recipe.split('\n').map((line) => {
    const [, name = '', value = ''] = /^(\w+): (.+)$/.exec(line) ?? [];
    if (!value.startsWith('{ ')) return [name, scalar(value)];
    const members = [...value.matchAll(/(\w+): ('[^']*'|[^,}\s]+)/g)];
    return [name, Object.fromEntries(members.map(([, key, text = '']) => [key, scalar(text)]))];
  });
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}

const row = (name: string, meaning: string): string => {
  const aliases = (ALIASES[name] ?? []).map((alias) => `\`${alias}\``).join(', ');
  return `| \`${name}\` | ${meaning} | ${aliases === '' ? '' : `${aliases} `}|`;
};

describe('the README', () => {
  it.each(Object.entries(MACROS))(
    'lists {%s} with its meaning and its aliases',
    (name, meaning) => {
      expect(README.split('\n')).toContain(row(name, meaning));
    },
  );

  it('lists every setting, modifier, preset and event type', () => {
    const words = [
      ...fieldsOf(PostbackSettings).map(({ name }) => `| \`${name}\` |`),
      ...PRESET_NAMES.map((name) => `| \`${name}\` |`),
      ...MODIFIERS.map((name) => `\`${name}`),
      ...EVENT_TYPES,
    ];
    expect(words.filter((word) => !README.includes(word))).toEqual([]);
  });

  it('has a recipe for each tracker and network it promises', () => {
    expect(recipes).toHaveLength(10);
  });

  it.each(recipes)('has a recipe that passes: %s', (text) => {
    const checked = checkSettings(PostbackSettings, settingsOf(text), 'settings');
    expect(checked).toHaveProperty('ok', true);
    if (checked.ok) expect(plugin.lint?.(checked.value)).toEqual([]);
  });
});
