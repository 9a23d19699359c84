import { isRecord, type Fault } from '#contract';
import { suggestion } from '../platform/config/index.js';

export type Members = Readonly<Record<string, unknown>>;

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

const absent = (value: unknown): boolean => value === undefined || value === null;

/** How a text is to look: what the fault says otherwise. */
export interface TextRule {
  readonly required?: boolean;
  readonly example?: string;
}

/**
 * Reads plain data member by member and notes every fault on the way instead of stopping at the first.
 * A member that is wrong reads as absent, so the reading goes on behind it.
 */
export class Reading {
  readonly faults: Fault[] = [];

  fault(path: string, rule: string, example?: string): undefined {
    this.faults.push({ path, rule, ...(example === undefined ? {} : { example }) });
    return undefined;
  }

  /** A map whose names are all known. Absent reads as an empty one. */
  map(value: unknown, path: string, known?: readonly string[]): Members {
    if (absent(value)) return {};
    if (!isRecord(value)) {
      this.fault(path, 'must be a map');
      return {};
    }
    if (known) {
      for (const name of Object.keys(value).filter((key) => !known.includes(key))) {
        this.fault(joined(path, name), `is not a setting; ${suggestion(name, known)}`);
      }
    }
    return value;
  }

  list(value: unknown, path: string): readonly unknown[] {
    if (absent(value)) return [];
    if (Array.isArray(value)) return value as readonly unknown[];
    this.fault(path, 'must be a list');
    return [];
  }

  /** Text, or a number as text. */
  text(value: unknown, path: string, rule: TextRule = {}): string | undefined {
    if (absent(value)) {
      return rule.required ? this.fault(path, 'is required', rule.example) : undefined;
    }
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text === 'string' && text.trim() !== '') return text.trim();
    return this.fault(path, 'must be a text', rule.example);
  }

  /** An id: 1 to 64 letters, digits, `-` and `_`. */
  id(value: unknown, path: string, example?: string): string | undefined {
    const text = this.text(value, path, {
      required: true,
      ...(example === undefined ? {} : { example }),
    });
    if (text === undefined || ID.test(text)) return text;
    return this.fault(
      path,
      'must be 1 to 64 letters, digits, "-" or "_", beginning with a letter or digit',
      example,
    );
  }

  /** A list of texts, or one text with commas. `undefined` when absent or wrong; an empty list is wrong. */
  texts(value: unknown, path: string, rule: TextRule = {}): readonly string[] | undefined {
    if (absent(value))
      return rule.required ? this.fault(path, 'is required', rule.example) : undefined;
    const items = Array.isArray(value) ? (value as readonly unknown[]) : splitAtCommas(value);
    if (items.length === 0) return this.fault(path, 'must not be empty', rule.example);
    const texts = items.flatMap((item, index) => {
      const at = Array.isArray(value) ? `${path}[${index}]` : path;
      return this.text(item ?? '', at, rule) ?? [];
    });
    return texts.length === items.length ? [...new Set(texts)] : undefined;
  }

  flag(value: unknown, path: string, fallback: boolean): boolean {
    if (absent(value)) return fallback;
    if (value === true || value === 'true') return true;
    if (value !== false && value !== 'false') this.fault(path, 'must be true or false', 'true');
    return false;
  }

  /** A number between two bounds, both included. */
  number(value: unknown, path: string, bounds: NumberBounds): number | undefined {
    if (absent(value)) return undefined;
    const read =
      typeof value === 'string' && /^\d{1,9}(\.\d{1,6})?$/.test(value) ? Number(value) : value;
    const { min, max, whole } = bounds;
    const fits = typeof read === 'number' && read >= min && read <= max;
    if (fits && (!whole || Number.isInteger(read))) return read;
    return this.fault(
      path,
      `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`,
      bounds.example,
    );
  }

  choice<const T extends string>(
    value: unknown,
    path: string,
    choices: readonly T[],
  ): T | undefined {
    if (absent(value)) return undefined;
    const found = choices.find((choice) => choice === value);
    return found ?? this.fault(path, `must be one of: ${choices.join(', ')}`, choices[0]);
  }

  /** Says so when two ids differ in nothing but case: they would be one on some file systems and in some eyes. */
  unique(ids: readonly (string | undefined)[], path: (index: number) => string): void {
    const seen = new Map<string, number>();
    ids.forEach((id, index) => {
      if (id === undefined) return;
      const first = seen.get(id.toLowerCase());
      if (first === undefined) seen.set(id.toLowerCase(), index);
      else
        this.fault(
          path(index),
          `is already the id of ${path(first).replace(/\.id$/, '')}; ids must differ in more than case`,
        );
    });
  }
}

export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  readonly example?: string;
}

const splitAtCommas = (value: unknown): readonly unknown[] =>
  typeof value === 'string' ? value.split(',') : [value];

/** Path of a member: `accounts[0].id`. */
export const joined = (path: string, name: string): string =>
  path === '' ? name : `${path}.${name}`;
