export type CampaignType = 'CampaignPreElection' | 'CampaignElection' | 'CampaignTransfer';

/** Marks the votes that a transfer asks for: they are given in spite of a lease. */
export const CAMPAIGN_TRANSFER: CampaignType = 'CampaignTransfer';
