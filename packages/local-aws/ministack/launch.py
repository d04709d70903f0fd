"""MiniStack, and beside it POST /_local-aws/events: events with an aws.* source, sent as MiniStack's own services send them.

Rules call their functions as AWS's queue for asynchronous invocations does: a throttled call waits for its turn and a failed
one is made again. MiniStack itself calls once and drops what it throttles, so that most of a burst of events would be lost.

A task that waits for its token takes its timeout from the state's data, and fails when its function fails, as on AWS: MiniStack
knows only a literal timeout, and goes on waiting after a function that failed. A function that finds no room to run fails by the
name that AWS gives it, by which the workflow repeats it for longer; MiniStack does not know which error that is.
"""

import asyncio, json, os, random, signal, sys, threading, time  # noqa: E401

from ministack.app import app as ministack
from ministack.services import eventbridge, lambda_svc, stepfunctions

import execution_start
import retries  # noqa: F401  makes Step Functions wait before a retry as AWS's does
import taken_names  # noqa: F401  makes CloudFormation refuse what exists already

TRIES = 3  # what Lambda makes of an asynchronous invocation unless the function says otherwise


def end_with_parent():  # standard input is a pipe that the local AWS holds open for as long as it lives, SIGKILL included
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


def deliver(function, config, event):
    record = lambda_svc._execution_record_for_config(function, config)
    for attempt in range(TRIES):
        time.sleep(attempt)  # AWS waits minutes
        result = lambda_svc._execute_function_with_config_scope(record, event)
        while result.get("throttle"):
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
    threading.Thread(target=deliver, args=(function, config, json.loads(payload)), daemon=True).start()


eventbridge._dispatch_to_lambda = dispatch_to_lambda

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
}


async def app(scope, receive, send):
    own = OWN_PATHS.get(scope.get("path")) if scope["type"] == "http" and scope.get("method") == "POST" else None
    if own is None:
        return await ministack(scope, receive, send)
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    status, _, answer = await asyncio.to_thread(own, body)
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/x-amz-json-1.1")]})
    await send({"type": "http.response.body", "body": answer if isinstance(answer, bytes) else answer.encode()})


threading.Thread(target=end_with_parent, daemon=True).start()
