import { describe, expect, it } from '@jest/globals';
import { ConfigError, formatFaults } from './config-error.js';

describe('the block of faults', () => {
  it('has one entry per place, with all its rules', () => {
    const block = formatFaults([
      { path: 'PORT', rule: 'must be a number', example: '3000' },
      { path: 'targets[0].url', rule: 'must start with https://', where: 'waybill.yaml line 9' },
      { path: 'PORT', rule: 'must not be less than 0', example: '3000' },
    ]);
    expect(block.split('\n').slice(0, 5)).toEqual([
      'WB_CONFIG_INVALID: 2 faults in the configuration. Nothing was started.',
      '',
      '  PORT: must be a number; must not be less than 0',
      '      example: 3000',
      '  targets[0].url: must start with https:// (waybill.yaml line 9)',
    ]);
  });

  it('lets no key of a file write to the terminal', () => {
    const block = formatFaults([{ path: 'a\u001b[2Jb\nc', rule: 'is not a setting' }]);
    expect(block).toContain('  a [2Jb c: is not a setting');
    expect(block).toContain('1 fault in');
  });

  it('is what the error says when nobody catches it', () => {
    const error = new ConfigError([{ path: 'PORT', rule: 'must be a number' }]);
    expect(String(error)).toContain('PORT: must be a number');
    expect(error.code).toBe('WB_CONFIG_INVALID');
  });
});
