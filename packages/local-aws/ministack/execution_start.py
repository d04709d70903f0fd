"""How long an execution of Step Functions waits before its first state: MiniStack sleeps 150 ms, which is its own invention.

POST /_local-aws/execution-start with {"sleepSeconds": 0} takes that sleep away, for who measures; another number sets it.
"""

import json, threading, time, types  # noqa: E401

from ministack.services import stepfunctions

MINISTACKS_OWN = 0.15
PATH = "/_local-aws/execution-start"
settings = {"sleepSeconds": MINISTACKS_OWN}
starting = threading.local()
run_execution = stepfunctions._run_execution


def run_from_its_start(arn):
    starting.now = True
    run_execution(arn)


def sleep(seconds):  # the first one of an execution's thread is that of its start
    is_start, starting.now = getattr(starting, "now", False), False
    time.sleep(settings["sleepSeconds"] if is_start and seconds == MINISTACKS_OWN else seconds)


def change(body):
    settings["sleepSeconds"] = max(0.0, float(json.loads(body)["sleepSeconds"]))
    return 200, {}, json.dumps(settings)


stepfunctions._run_execution = run_from_its_start
stepfunctions.time = types.SimpleNamespace(**{**vars(time), "sleep": sleep})
