import { compact, type RemoteIds } from '#contract';

/** One commission of a conversion as Tapfiliate first told it. */
export interface Commission {
  readonly id: string;
  /** Plain decimal text, the amount before any refund; undefined when it was not told. */
  readonly amount: string | undefined;
  readonly currency: string | undefined;
}

/** What must be remembered of a conversion so that it can be taken back later. */
export interface Known {
  readonly conversionId: string | undefined;
  readonly commissions: readonly Commission[];
}

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** Remote ids as stored with a delivery, read back. */
export function readIds(ids: RemoteIds): Known {
  const amounts = list(ids['commissionAmounts']);
  const currencies = list(ids['commissionCurrencies']);
  const [conversionId] = list(ids['conversionId']);
  return {
    conversionId,
    commissions: list(ids['commissionIds']).map((id, i) => ({
      id,
      amount: amounts[i] || undefined,
      currency: currencies[i] || undefined,
    })),
  };
}

/** The same for storing: parallel lists, an empty text where a value was not told. */
export function writeIds(known: Known): RemoteIds {
  const { conversionId, commissions } = known;
  return compact({
    conversionId,
    commissionIds: commissions.map(({ id }) => id),
    commissionAmounts: commissions.map(({ amount }) => amount ?? ''),
    commissionCurrencies: commissions.map(({ currency }) => currency ?? ''),
  }) as RemoteIds;
}
