import { answerJson, textAt, type TokenExchange } from '#contract';
import { PayPalCredentials, type Environment } from './settings.js';

const HOSTS: Readonly<Record<Environment, string>> = {
  live: 'https://api-m.paypal.com',
  sandbox: 'https://api-m.sandbox.paypal.com',
};

/** The API's host of this environment. */
export const apiOf = ({ environment }: PayPalCredentials): string => HOSTS[environment];

/** OAuth client credentials (developer.paypal.com, "Authentication"): tokens live for some hours. */
export const token: TokenExchange<PayPalCredentials> = {
  wants: ({ clientId, clientSecret }) => clientId !== undefined && clientSecret !== undefined,
  build: (credentials) => {
    const { clientId = '', clientSecret = '' } = credentials;
    return {
      method: 'POST',
      url: `${apiOf(credentials)}/v1/oauth2/token`,
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: 'grant_type=client_credentials',
    };
  },
  read(response) {
    const found = answerJson(response);
    const access = textAt(found, 'access_token');
    const seconds = Number(textAt(found, 'expires_in'));
    return access === undefined || !(seconds > 0)
      ? undefined
      : { token: access, forMs: seconds * 1000 };
  },
  lay: (credentials, accessToken) =>
    Object.assign(new PayPalCredentials(), credentials, { accessToken }),
};
