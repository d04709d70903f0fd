"""Step Functions waits before a retry as AWS's does.

No longer than MaxDelaySeconds, and with JitterStrategy FULL for any time up to the delay. MiniStack knows neither, and waits at most
a minute: whatever was throttled together would come back together, again and again.
"""

import random

from ministack.services import stepfunctions

find_matching_retrier = stepfunctions._find_matching_retrier


def delay_of(retrier, used):
    delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** used
    delay = min(delay, retrier.get("MaxDelaySeconds", delay))
    return random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay


def retrier_after_its_delay(retriers, error, retry_counts):
    retrier, index = find_matching_retrier(retriers, error, retry_counts)
    if retrier is None:
        return retrier, index
    stepfunctions._scaled_sleep(delay_of(retrier, retry_counts.get(index, 0)))
    return {**retrier, "IntervalSeconds": 0}, index  # MiniStack's own wait comes after this


stepfunctions._find_matching_retrier = retrier_after_its_delay
