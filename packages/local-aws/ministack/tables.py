"""Items of DynamoDB tables lie in Dynoxide, a process for each account and Region, where the environment names its program.

Dynoxide is compared with AWS's DynamoDB by a public suite of tests, and answers in a fraction of MiniStack's time. MiniStack keeps the
tables themselves, which CloudFormation makes; each is made and deleted there as well. Whoever asks MiniStack for items has Dynoxide's
answer. POST /_local-aws/tables says at which port, so that the gateway need not ask by way of MiniStack.

A time to live deletes nothing, as on AWS for hours.
"""

import functools, json, os, socket, subprocess, threading, time, urllib.error, urllib.request  # noqa: E401

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import dynamodb

PATH = "/_local-aws/tables"
PROGRAM = os.environ.get("DYNOXIDE")
# Where processes are told apart from those of other runs, by the folder in their command line; see leftovers.ts.
RUN_FOLDER = os.environ["TMPDIR"]
READY_WITHIN_SECONDS = 60
TRIES = 5  # a free port may be taken by somebody else before Dynoxide has it
# What belongs to the items of a table; everything else is MiniStack's.
ITEM_ACTIONS = {
    "_put_item": "PutItem",
    "_get_item": "GetItem",
    "_update_item": "UpdateItem",
    "_delete_item": "DeleteItem",
    "_query": "Query",
    "_scan": "Scan",
    "_batch_get_item": "BatchGetItem",
    "_batch_write_item": "BatchWriteItem",
    "_transact_get_items": "TransactGetItems",
    "_transact_write_items": "TransactWriteItems",
}
TABLE_PROPERTIES = ("TableName", "KeySchema", "AttributeDefinitions")
# Empty ones are refused, as by AWS.
INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")

ports = {}
starting = threading.Lock()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(account, region):
    program = os.path.join(RUN_FOLDER, f"dynoxide-{account}-{region}")
    if not os.path.lexists(program):
        os.symlink(PROGRAM, program)
    for _ in range(TRIES):
        port = free_port()
        process = subprocess.Popen([program, "serve", "--port", str(port)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return port
            except OSError:
                time.sleep(0.005)
        process.kill()
    raise RuntimeError(f"Dynoxide, which keeps the items of tables, did not start in {TRIES} tries")


def port():
    place = (get_account_id(), get_region())
    with starting:
        if place not in ports:
            ports[place] = start(*place)
        return ports[place]


def ask(action, data):
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"DynamoDB_20120810.{action}"}
    # Dynoxide wants a signature, and checks none.
    headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential=test/20260101/{get_region()}/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
    headers["X-Amz-Date"] = "20260101T000000Z"
    request = urllib.request.Request(f"http://127.0.0.1:{port()}/", json.dumps(data).encode(), headers)
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        return answer.status, {"Content-Type": "application/x-amz-json-1.0"}, answer.read()


def change_table(action, data):
    status, _, answer = ask(action, data)
    if status != 200:
        raise ValueError(f"Dynoxide refuses {action} of {data['TableName']}: {answer.decode()}")


class KeptTables(AccountRegionScopedDict):
    __slots__ = ()

    def __setitem__(self, name, table):
        indexes = {kind: [index_of(each) for each in table[kind]] for kind in INDEXES if table.get(kind)}
        change_table("CreateTable", {"BillingMode": "PAY_PER_REQUEST", **{each: table[each] for each in TABLE_PROPERTIES}, **indexes})
        super().__setitem__(name, table)

    def pop(self, name, *default):
        if name in self:
            change_table("DeleteTable", {"TableName": name})
        return super().pop(name, *default)


def index_of(index):
    return {each: index[each] for each in ("IndexName", "KeySchema", "Projection")}


def where(_body):
    return 200, {}, json.dumps({"port": port() if PROGRAM else None})


if PROGRAM:
    dynamodb._tables.__class__ = KeptTables
    for function, action in ITEM_ACTIONS.items():
        if not hasattr(dynamodb, function):
            raise AttributeError(f"MiniStack has no {function} any more")
        setattr(dynamodb, function, functools.partial(ask, action))
