// What people say of an incident once it is over. `useful`: somebody had to do something; `noise`: nobody had to;
// `duplicate`: another incident told the same.

export const verdicts = ['useful', 'noise', 'duplicate'] as const
export type AlertVerdict = (typeof verdicts)[number]
