import { stageType, type NativeEvent, type StageMap } from '#contract';
import type { HubSpotSettings } from './settings.js';

/** Stages of the default pipeline and HubSpot's own lifecycle stages; generated ids of other pipelines are the user's. */
export const DEFAULTS: StageMap = {
  'contact.creation': 'LEAD',
  'lifecyclestage:marketingqualifiedlead': 'QUALIFIED_LEAD',
  'lifecyclestage:salesqualifiedlead': 'QUALIFIED_LEAD',
  'lifecyclestage:opportunity': 'APPROVED_LEAD',
  'hs_lead_status:unqualified': 'REJECTED_LEAD',
  'dealstage:closedwon': 'SALE',
  'dealstage:closedlost': 'CANCELED',
  'deal.deletion': 'CANCELED',
};

/** What a property value (or a bare subscription) becomes. */
export const typeOf = (settings: HubSpotSettings, word: string, value?: string) =>
  stageType(value === undefined ? [word] : [`${word}:${value}`, value], settings.stages, DEFAULTS);

export const EVENTS: readonly NativeEvent[] = [
  { native: 'contact.creation', becomes: 'LEAD' },
  { native: 'lifecyclestage:marketingqualifiedlead', becomes: 'QUALIFIED_LEAD' },
  { native: 'lifecyclestage:salesqualifiedlead', becomes: 'QUALIFIED_LEAD' },
  { native: 'lifecyclestage:opportunity', becomes: 'APPROVED_LEAD' },
  { native: 'hs_lead_status:UNQUALIFIED', becomes: 'REJECTED_LEAD' },
  { native: 'dealstage:closedwon', becomes: 'SALE', note: 'default pipeline' },
  {
    native: 'dealstage:closedlost',
    becomes: 'CANCELED',
    note: 'takes back a sale where there was one',
  },
  { native: 'deal.deletion', becomes: 'CANCELED' },
  { native: 'deal.merge', becomes: 'link', note: 'ties the merged deals together' },
  {
    native: 'contact.privacyDeletion',
    becomes: 'ignored',
    note: 'erase the contact through the privacy API',
  },
  {
    native: '*',
    becomes: 'ignored',
    note: 'any other property value or subscription, unless the setting stages maps it',
  },
];
