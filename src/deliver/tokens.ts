/** Injection token of the lanes, which the queue processors hand their ids to. */
export const LANES = Symbol('Lanes');
