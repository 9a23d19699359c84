import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkSettings, EVENT_TYPES, fieldsOf } from '#contract';
import { ALIASES, MACROS } from './macro/names.js';
import { MODIFIERS } from './macro/modifiers.js';
import plugin from './index.js';
import { PostbackSettings } from './settings.js';
import { PRESET_NAMES } from './success.js';

// The recipes are written as users write them; only this check of the documentation needs to read that.
const { parse } = await import('yaml');

const README = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const recipes = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

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
    expect(recipes).toHaveLength(11);
  });

  it.each(recipes)('has a recipe that passes: %s', (text) => {
    const checked = checkSettings(PostbackSettings, parse(text), 'settings');
    expect(checked).toHaveProperty('ok', true);
    if (checked.ok) expect(plugin.lint?.(checked.value)).toEqual([]);
  });
});
