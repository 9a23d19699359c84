import type { EventDoc } from '../ledger/documents.js';
import type { Attributed } from './attribute.js';
import type { Rules } from './rules.js';
import type { Touches, Trail } from './touches.js';

/** On a sale whose click has earned another order: nobody is told of it. */
export const CLICK_SPENT = 'click-already-converted';

/** What an order is known by: a click earns one, with its lines and renewals. */
const orderOf = (event: EventDoc): string =>
  `${event.source.account}|${event.order?.id ?? event._id}`;

/** Says whose a conversion is, whether its click came before or after it. */
export class Judge {
  constructor(
    readonly rules: Rules,
    private readonly touches: Touches,
  ) {}

  /** By the rules of the programme; where a click earns one order only, the first that asks has it. */
  async judge(event: EventDoc, trail: Trail): Promise<Attributed> {
    const found = this.rules.apply(event, trail);
    const { winner } = found;
    if (!winner || event.type !== 'SALE' || !this.rules.programme(event, trail.named).onePerClick)
      return found;
    const order = orderOf(event);
    const first = await this.touches.claim(winner._id, order).catch(() => undefined);
    return first === undefined || first === order
      ? found
      : { ...found, flags: [...found.flags, CLICK_SPENT] };
  }
}
