"""MiniStack, and beside it POST /_local-aws/events: events with an aws.* source, sent as MiniStack's own services send them.

Rules call their functions as AWS's queue for asynchronous invocations does: a throttled call waits for its turn and a failed
one is made again. MiniStack itself calls once and drops what it throttles, so that most of a burst of events would be lost.

A task that waits for its token takes its timeout from the state's data, and fails when its function fails, as on AWS: MiniStack
knows only a literal timeout, and goes on waiting after a function that failed. A function that finds no room to run fails by the
name that AWS gives it, by which the workflow repeats it for longer; MiniStack does not know which error that is.

Events reach buses of other accounts and Regions, put there or forwarded by a rule, with the account and Region from which they came:
MiniStack drops them. The policy of such a bus is asked, though no permission is anywhere else.
"""

import asyncio, contextvars, json, os, random, re, signal, sys, threading, time  # noqa: E401

from ministack.app import app as ministack
from ministack.core.arn import parse_arn
from ministack.core.responses import get_account_id, get_region, json_response, new_uuid, request_scope
from ministack.services import eventbridge, lambda_svc, stepfunctions

import bus_policies
import execution_start
import function_logs  # noqa: F401  takes away a wait after each call of a function
import parameter_events  # noqa: F401  makes Parameter Store tell EventBridge what changed
import retries  # noqa: F401  makes Step Functions wait before a retry as AWS's does
import tables
import taken_names  # noqa: F401  makes CloudFormation refuse what exists already

TRIES = 3  # what Lambda makes of an asynchronous invocation unless the function says otherwise
# A third of what may run at once, so that a workflow's calls, which nobody keeps in a queue, have room beside a burst of events. A thousand
# events that each looked for room every fraction of a second would leave none for anything else.
turns = threading.BoundedSemaphore(max(1, int(os.environ["LAMBDA_ACCOUNT_CONCURRENCY"]) // 3))


def end_with_parent():  # standard input is a pipe that the local AWS holds open for as long as it lives, SIGKILL included
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


def deliver(function, config, event):
    record = lambda_svc._execution_record_for_config(function, config)
    for attempt in range(TRIES):
        time.sleep(attempt)  # AWS waits minutes
        with turns:
            result = lambda_svc._execute_function_with_config_scope(record, event)
            while result.get("throttle"):  # the workflow's own calls have the room
                time.sleep(random.uniform(0.05, 0.5))
                result = lambda_svc._execute_function_with_config_scope(record, event)
        if not result.get("error"):
            return
    settings = function.get("event_invoke_config") or (function.get("event_invoke_configs") or {}).get("$LATEST") or {}
    destination = settings.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    if destination:
        lambda_svc._route_async_failure(destination, config["FunctionName"], event, result)


def dispatch_to_lambda(arn, payload):
    function, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        return print(f"a rule names the function {name}, which does not exist", file=sys.stderr)
    # A thread of its own would not know in whose account it works.
    work = contextvars.copy_context()
    threading.Thread(target=work.run, args=(deliver, function, config, json.loads(payload)), daemon=True).start()


put_events, dispatch_to_event_bus = eventbridge._put_events, eventbridge._dispatch_to_event_bus


def bus_elsewhere(arn):
    if not arn.startswith("arn:") or ":event-bus/" not in arn:
        return None
    bus = parse_arn(arn)
    return None if (bus.account_id, bus.region) == (get_account_id(), get_region()) else bus


def carry(bus, event):
    """Puts an event on a bus elsewhere. Answers what AWS says where that is not to be."""
    name = bus.resource.split("/", 1)[1]
    with request_scope(bus.account_id, bus.region):
        if name not in eventbridge._event_buses:
            return "ResourceNotFoundException", f"Event bus {bus.resource} does not exist."
        if not bus_policies.admits(name, event):
            return "AccessDeniedException", f"Account {event['Account']} is not authorized to perform: events:PutEvents on {bus.resource}"
        eventbridge._dispatch_event({**event, "EventBusName": name})
        return None


def put_events_anywhere(data, allow_aws_source=False):
    results, entries = [], data.get("Entries", [])
    if not any(bus_elsewhere(entry.get("EventBusName", "default")) for entry in entries):
        return put_events(data, allow_aws_source)
    for entry in entries:
        bus = bus_elsewhere(entry.get("EventBusName", "default"))
        if not bus:
            answer = put_events({"Entries": [entry]}, allow_aws_source)[2]
            results += json.loads(answer)["Entries"]
            continue
        # As on AWS the Region is that of the endpoint to which it was put, which is that of the bus.
        event = {"EventId": new_uuid(), "Time": int(time.time()), "Resources": [], "Account": get_account_id(), "Region": bus.region}
        event |= {key: entry.get(key, "") for key in ("Source", "DetailType", "Detail")}
        refusal = carry(bus, event)
        results.append({"ErrorCode": refusal[0], "ErrorMessage": refusal[1]} if refusal else {"EventId": event["EventId"]})
    return json_response({"FailedEntryCount": sum("ErrorCode" in each for each in results), "Entries": results})


def dispatch_to_any_bus(spec, event, rule, path, payload=None):
    if (spec.account_id, spec.region) == (get_account_id(), get_region()):
        return dispatch_to_event_bus(spec, event, rule, path, payload)
    refusal = carry(spec, event)
    if refusal:
        print(f"a rule forwards to {spec.account_id} in vain: {refusal[1]}", file=sys.stderr)


eventbridge._dispatch_to_lambda = dispatch_to_lambda
eventbridge._put_events, eventbridge._dispatch_to_event_bus = put_events_anywhere, dispatch_to_any_bus

execute_task, invoke_with_callback, call_lambda = stepfunctions._execute_task, stepfunctions._invoke_with_callback, stepfunctions._call_lambda
callback = threading.local()


def task_with_timeout(state, data, execution, context):
    path = state.get("TimeoutSecondsPath")
    return execute_task({**state, "TimeoutSeconds": stepfunctions._resolve_path(path, data)} if path else state, data, execution, context)


def callback_that_may_fail(resource, given, token, state):
    callback.token = token
    try:
        return invoke_with_callback(resource, given, token, state)
    finally:
        callback.token = None


def call_for_callback(function, event):
    try:
        return call_lambda(function, event)
    except stepfunctions._ExecutionError as failure:
        if failure.error == "Lambda.Unknown" and "TooManyRequestsException" in str(failure.cause):
            failure.error = "Lambda.TooManyRequestsException"
        waiting = stepfunctions._task_tokens.get(getattr(callback, "token", None))
        if waiting:
            waiting["error"] = {"Error": failure.error, "Cause": failure.cause}
            waiting["event"].set()
        raise


stepfunctions._execute_task = task_with_timeout
stepfunctions._invoke_with_callback = callback_that_may_fail
stepfunctions._call_lambda = call_for_callback


OWN_PATHS = {
    "/_local-aws/events": lambda body: eventbridge._put_events(json.loads(body), True),
    execution_start.PATH: execution_start.change,
    tables.PATH: tables.where,
}


def where_signed(scope, own, body):
    """In the account and Region that the signature names, as MiniStack takes every other call."""
    signed = re.search(r"Credential=([^/]+)/\d+/([a-z0-9-]+)/", dict(scope["headers"]).get(b"authorization", b"").decode())
    if not signed:
        return own(body)
    account, region = signed.groups()
    with request_scope(account if re.fullmatch(r"\d{12}", account) else get_account_id(), region):
        return own(body)


async def app(scope, receive, send):
    own = OWN_PATHS.get(scope.get("path")) if scope["type"] == "http" and scope.get("method") == "POST" else None
    if own is None:
        return await ministack(scope, receive, send)
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    status, _, answer = await asyncio.to_thread(where_signed, scope, own, body)
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/x-amz-json-1.1")]})
    await send({"type": "http.response.body", "body": answer if isinstance(answer, bytes) else answer.encode()})


threading.Thread(target=end_with_parent, daemon=True).start()
