"""MiniStack, and beside it POST /_rehearsal/events: events with an aws.* source, sent as MiniStack's own services send them."""

import asyncio, json, os, signal, sys, threading  # noqa: E401

from ministack.app import app as ministack
from ministack.services import eventbridge


def end_with_parent():  # standard input is a pipe that the rehearsal holds open for as long as it lives, SIGKILL included
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


async def app(scope, receive, send):
    if scope["type"] == "lifespan" or (scope.get("method"), scope.get("path")) != ("POST", "/_rehearsal/events"):
        return await ministack(scope, receive, send)
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    status, _, answer = await asyncio.to_thread(eventbridge._put_events, json.loads(body), True)
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/x-amz-json-1.1")]})
    await send({"type": "http.response.body", "body": answer if isinstance(answer, bytes) else answer.encode()})


threading.Thread(target=end_with_parent, daemon=True).start()
