/** How often AWS answers what an incident asks for, in one account and Region. */
export interface AwsRate {
  readonly perSecond: number;
  /** Where AWS says so. */
  readonly source: string;
  /** Where the number holds, if not everywhere, and what is not confirmed. */
  readonly remark?: string;
}

const CLOUDWATCH = 'CloudWatch service quotas';
const STEP_FUNCTIONS = 'Step Functions service quotas';

/** Rates by default, as AWS published them when this was written, by `service:Action`. What is not here has none that is known. */
export const awsRates: Readonly<Record<string, AwsRate>> = {
  'cloudwatch:DescribeAlarms': { perSecond: 9, source: CLOUDWATCH },
  'cloudwatch:DescribeAlarmContributors': { perSecond: 9, source: CLOUDWATCH },
  'cloudwatch:GetMetricData': { perSecond: 500, source: CLOUDWATCH, remark: '10 of queries of Metrics Insights' },
  'ssm:GetParameter': { perSecond: 40, source: 'Systems Manager quotas', remark: 'shared by all reads of parameters; can be raised' },
  'states:StartExecution': {
    perSecond: 300,
    source: STEP_FUNCTIONS,
    remark: 'in the largest Regions, after a bucket of 1,300; lower elsewhere',
  },
};

/** State transitions a second where there are fewest; 5,000 in the largest Regions. For new Regions this is unconfirmed. */
export const transitionRate: AwsRate = {
  perSecond: 800,
  source: STEP_FUNCTIONS,
  remark: '5,000 in the largest Regions; unconfirmed for new ones',
};

/** Functions that run at the same time in an account and Region. */
export const functionsAtOnce = { most: 1_000, source: 'Lambda quotas' } as const;
