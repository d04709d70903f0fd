/** Alarms with a query of Metrics Insights in an account and Region, which AWS raises for nobody. */
export const METRICS_INSIGHTS_ALARMS = 200;

/** Limits that AWS raises when it is asked to: where it tells them, and what an account has by default. */
export const quotaCodes = {
  /** 100 in Cape Town and Milan. */
  rules: { service: 'events', code: 'L-244521F2', usual: 300 },
  /** 10 in a new account, which is the least with which all functions of an alarm can run at once. */
  concurrency: { service: 'lambda', code: 'L-B99A9384', usual: 1_000 },
} as const;
