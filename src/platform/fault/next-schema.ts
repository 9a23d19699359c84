/** Value of `WAYBILL_FAULT` that makes this build act as the next one; refused in production, as crash points are. */
export const NEXT_SCHEMA = 'next-schema';

/** Whether this process plays the next version in a drill of rolling upgrades. */
export const playsNextVersion = (fault: string | null): boolean => fault === NEXT_SCHEMA;
