import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseFormText } from '#contract';
import { Digistore24Credentials } from './settings.js';
import { shaSign, signedReadings } from './sha-sign.js';
import plugin from './index.js';

interface Sample {
  readonly secret: string;
  readonly raw_body: string;
  readonly expected: { readonly sha_sign: string; readonly uppercase_keys: boolean };
}

/** Samples that other projects published; the folder is not part of this project. */
const folder = process.env['WAYBILL_VECTORS'];
const files =
  folder === undefined
    ? []
    : readdirSync(folder).filter((name) => /^inbound-digistore24-.*\.json$/.test(name));

const read = (file: string): Sample =>
  JSON.parse(readFileSync(join(folder ?? '', file), 'utf8')) as Sample;

(folder === undefined ? describe.skip : describe)(
  'digistore24 third-party samples (WAYBILL_VECTORS)',
  () => {
    it('finds some', () => {
      expect(files.length).toBeGreaterThan(0);
    });

    it.each(files.length > 0 ? files : ['none'])('%s: computes the published sha_sign', (file) => {
      const { secret, raw_body, expected } = read(file);
      const form = parseFormText(raw_body);
      if (!form.ok) throw new Error(form.fault);
      const capital = signedReadings(form.value).at(-1) ?? [];
      expect(shaSign(expected.uppercase_keys ? capital : form.value, secret)).toBe(
        expected.sha_sign,
      );
    });

    it.each(files.length > 0 ? files : ['none'])(
      '%s: verify accepts it signed and refuses it changed',
      (file) => {
        const { secret, raw_body, expected } = read(file);
        const credentials = Object.assign(new Digistore24Credentials(), { passphrase: secret });
        const ask = (text: string): boolean =>
          plugin.verify(
            {
              method: 'POST',
              url: '',
              pathToken: '',
              query: '',
              headers: {},
              body: Buffer.from(text),
              receivedAt: 0,
            },
            credentials,
            [],
          ).ok;
        expect(ask(`${raw_body}&sha_sign=${expected.sha_sign}`)).toBe(true);
        expect(ask(`${raw_body}1&sha_sign=${expected.sha_sign}`)).toBe(false);
      },
    );
  },
);
