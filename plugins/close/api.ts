import type { HttpRequest } from '#contract';
import type { CloseCredentials } from './settings.js';

/** One host for all organizations. */
const API = 'https://api.close.com/api/v1';

/** A GET of the API: the key is the user name of HTTP Basic, the password stays empty. */
export const get = ({ apiKey = '' }: CloseCredentials, path: string): HttpRequest => ({
  method: 'GET',
  url: `${API}/${path}`,
  headers: {
    authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
    accept: 'application/json',
  },
});
