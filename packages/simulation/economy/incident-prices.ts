/**
 * US list prices in dollars of what an incident asks for, as known when this was written. What is free at any number is not here:
 * StartExecution, EC2's and Systems Manager's calls, events of AWS and their delivery to functions.
 */
export const incidentPrices = {
  stateTransition: 25 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  /** Of Lambda on Arm. */
  gigabyteSecond: 0.0000133334,
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
  /** Of DescribeAlarms and DescribeAlarmContributors, and of each metric that GetMetricData answers. */
  cloudWatchCall: 0.01 / 1e3,
  /** A custom metric is paid for in every hour in which it has a value. */
  metricHour: 0.3 / 730,
  logByte: 0.5 / 1e9,
  trace: 5 / 1e6,
  mail: 2 / 1e5,
  publish: 0.5 / 1e6,
} as const;
