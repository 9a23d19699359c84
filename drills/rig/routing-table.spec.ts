import { describe, expect, it } from '@jest/globals';
import { openApiRoutes, routesIn } from './routing-table.js';

describe('a routing table', () => {
  it('is read from what the router prints, at every depth', () => {
    const printed = [
      '└── / (GET, HEAD)',
      '    ├── api/v1/events (GET)',
      '    │   └── /:id (GET)',
      '    │       └── /replay (POST)',
      '    └── in/:source/ (POST)',
      '        └── * (POST)',
      '',
    ].join('\n');
    expect(routesIn(printed)).toEqual([
      { method: 'GET', url: '/' },
      { method: 'HEAD', url: '/' },
      { method: 'GET', url: '/api/v1/events' },
      { method: 'GET', url: '/api/v1/events/:id' },
      { method: 'POST', url: '/api/v1/events/:id/replay' },
      { method: 'POST', url: '/in/:source/' },
      { method: 'POST', url: '/in/:source/*' },
    ]);
    expect(() => routesIn('no table')).toThrow('no table');
  });

  it('is read from OpenAPI', () => {
    const document = { paths: { '/api/v1/a/{id}/b': { get: {}, delete: {} } } };
    expect(openApiRoutes(document)).toEqual([
      { method: 'GET', url: '/api/v1/a/:id/b' },
      { method: 'DELETE', url: '/api/v1/a/:id/b' },
    ]);
  });
});
