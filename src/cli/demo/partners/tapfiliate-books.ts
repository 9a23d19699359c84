import type { Money } from '../../../contract/index.js';

/** What an affiliate earns from a conversion, as Tapfiliate keeps it. `approved`: null is pending. */
export interface Commission {
  readonly id: number;
  amount: Money;
  approved: boolean | null;
  comment: string | null;
}

/** A click that was told to Tapfiliate. */
export interface TapfiliateClick {
  readonly id: string;
  readonly referralCode: string;
  /** The event of ours that made it. */
  readonly eventId: string | null;
}

export interface Conversion {
  readonly id: number;
  readonly externalId: string;
  /** The event of ours that made it; null when somebody else did. */
  readonly eventId: string | null;
  amount: Money;
  readonly commissions: Commission[];
  /** Creates that were refused because this one is there. */
  repeats: number;
}

/** 30 percent in minor units, rounded half up: the programme's commission. */
export const commissionOf = ({ amount, currency }: Money): Money => ({
  amount: Math.floor((amount * 30 + 50) / 100),
  currency,
});

/** What the partner believes. Ids count up, as Tapfiliate's do. */
export class TapfiliateBooks {
  readonly conversions: Conversion[] = [];
  readonly clicks: TapfiliateClick[] = [];
  private nextCommission = 9001;

  add(externalId: string, eventId: string | null, amount: Money): Conversion {
    const conversion: Conversion = {
      id: 1001 + this.conversions.length,
      externalId,
      eventId,
      amount,
      commissions: [],
      repeats: 0,
    };
    if (amount.amount > 0) this.addCommission(conversion, amount);
    this.conversions.push(conversion);
    return conversion;
  }

  addCommission(conversion: Conversion, of: Money, comment: string | null = null): Commission {
    const commission: Commission = {
      id: this.nextCommission,
      amount: commissionOf(of),
      approved: null,
      comment,
    };
    this.nextCommission += 1;
    conversion.commissions.push(commission);
    return commission;
  }

  byId(id: string | undefined): Conversion | undefined {
    return this.conversions.find((one) => String(one.id) === id);
  }

  named(externalId: string | null): Conversion | undefined {
    return this.conversions.find((one) => one.externalId === externalId);
  }

  commission(id: string | undefined): Commission | undefined {
    return this.conversions.flatMap((one) => one.commissions).find((one) => String(one.id) === id);
  }
}
