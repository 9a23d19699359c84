import { canonicalName } from './macro/names.js';
import { unknownMacro } from './macro/token.js';
import { planned } from './plan.js';
import type { PostbackSettings } from './settings.js';
import { keyOf, TIMESTAMP_PARAMETER } from './sign.js';
import { literalName } from './macro/pairs.js';

const POLICIES: readonly string[] = ['drop', 'empty', 'reject'];
const SIGNED = /^webhook-(?:id|timestamp|signature)$/i;

function bodyFaults({ method = 'GET', body, bodyType }: PostbackSettings): readonly string[] {
  if (body !== undefined && method === 'GET') return ['body needs method POST, PUT or PATCH'];
  return bodyType !== undefined && body === undefined ? ['bodyType needs a body'] : [];
}

function missingFaults({ missing = {}, delimiters = '{x}' }: PostbackSettings): readonly string[] {
  return Object.entries(missing).flatMap(([name, policy]) => {
    if (canonicalName(name) === undefined) return [`missing: ${unknownMacro(name, delimiters)}`];
    return POLICIES.includes(policy) ? [] : [`missing.${name} must be drop, empty or reject`];
  });
}

/** Every secret that a template asks for must be there, and none may be forgotten. */
function secretFaults(settings: PostbackSettings): readonly string[] {
  const { plan } = planned(settings);
  if (!plan) return [];
  const given = Object.keys(settings.secrets ?? {});
  const wanted = new Set(
    plan.macros.flatMap(({ secret }) => (secret === undefined ? [] : [secret])),
  );
  return [
    ...[...wanted]
      .filter((name) => !given.includes(name))
      .map((name) => `{secret:${name}} has no value: add secrets.${name}`),
    ...given
      .filter((name) => !wanted.has(name))
      .map((name) => `secrets.${name} is used by no template: write {secret:${name}}`),
  ];
}

function headerFaults(settings: PostbackSettings): readonly string[] {
  const plain = Object.keys(settings.headers ?? {}).map((name) => name.toLowerCase());
  const secret = Object.keys(settings.secretHeaders ?? {}).map((name) => name.toLowerCase());
  const twice = secret.filter((name) => plain.includes(name));
  const taken = [...plain, ...secret].filter(
    (name) => settings.signingSecret !== undefined && SIGNED.test(name),
  );
  return [
    ...twice.map((name) => `${name} stands in headers and in secretHeaders`),
    ...taken.map((name) => `${name} is written by the signature: remove the header`),
  ];
}

function keyFaults(settings: PostbackSettings): readonly string[] {
  const { signingSecret, previousSigningSecret } = settings;
  return Object.entries({ signingSecret, previousSigningSecret }).flatMap(([name, secret]) =>
    secret !== undefined && keyOf(secret) === undefined
      ? [`${name} must be whsec_ and the base64 of 24 to 64 random bytes`]
      : [],
  );
}

/** Parts of a signature that need one another. */
function pairingFaults(settings: PostbackSettings): readonly string[] {
  const { method = 'GET', signingSecret, previousSigningSecret, signatureParameter } = settings;
  if (signingSecret === undefined) {
    const idle = { previousSigningSecret, signatureParameter };
    return Object.entries(idle).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} needs signingSecret`],
    );
  }
  return method === 'GET' && signatureParameter === undefined
    ? ['signingSecret signs bodies: a GET needs signatureParameter too']
    : [];
}

function signatureFaults(settings: PostbackSettings): readonly string[] {
  const { signatureParameter } = settings;
  const faults = [...keyFaults(settings), ...pairingFaults(settings)];
  if (signatureParameter === undefined) return faults;
  if (signatureParameter === TIMESTAMP_PARAMETER) {
    faults.push(`signatureParameter must not be ${TIMESTAMP_PARAMETER}, which carries the time`);
  }
  const names = planned(settings).plan?.url.pairs.map(literalName) ?? [];
  const taken = [signatureParameter, TIMESTAMP_PARAMETER].filter((name) => names.includes(name));
  return [
    ...faults,
    ...taken.map((name) => `url has a parameter ${name}, which the signature appends`),
  ];
}

/** Sentences about settings that the fields alone cannot judge; every one is a fault. */
export const lint = (settings: PostbackSettings): readonly string[] => [
  ...planned(settings).faults,
  ...bodyFaults(settings),
  ...missingFaults(settings),
  ...secretFaults(settings),
  ...headerFaults(settings),
  ...signatureFaults(settings),
];
