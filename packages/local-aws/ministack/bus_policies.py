"""Who may put events on a bus of another account: only whom its policy admits, as on AWS; MiniStack keeps the policies and asks none.

AWS::Events::EventBusPolicy, which MiniStack cannot deploy, puts one statement into the policy of a bus. Within an account all is
permitted, as everywhere here. A condition that is not known here admits nobody.
"""

import re

from ministack.core.responses import get_account_id
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

NAME = re.compile(r"[.\-_A-Za-z0-9]{1,256}")


def bus_of(props):
    name = props.get("EventBusName", "default")
    if not NAME.fullmatch(name):
        raise ValueError(f"1 validation error detected: Value '{name}' at 'eventBusName' failed to satisfy constraint: {NAME.pattern}")
    if name not in eventbridge._event_buses:
        raise ValueError(f"Event bus {name} does not exist.")
    return name


def without(name, statement_id):
    policy = eventbridge._event_bus_policies.setdefault(name, {"Version": "2012-10-17", "Statement": []})
    policy["Statement"] = [each for each in policy["Statement"] if each.get("Sid") != statement_id]
    return policy


def create(logical_id, props, stack_name):
    name, statement = bus_of(props), props.get("Statement") or {}
    if not statement.get("Principal"):
        raise ValueError("The statement of an event bus policy needs a Principal.")
    without(name, props["StatementId"])["Statement"].append({**statement, "Sid": props["StatementId"]})
    return f"{name}|{props['StatementId']}", {}


def update(physical_id, old_props, new_props, stack_name):
    delete(physical_id, old_props)
    return create("", new_props, stack_name)


def delete(physical_id, props):
    name, statement_id = physical_id.split("|")
    if name in eventbridge._event_bus_policies:
        without(name, statement_id)


provisioners._RESOURCE_HANDLERS["AWS::Events::EventBusPolicy"] = {"create": create, "update": update, "delete": delete}


def listed(value):
    return value if isinstance(value, list) else [value]


def is_principal(principal, account):
    named = listed(principal.get("AWS", [])) if isinstance(principal, dict) else listed(principal)
    return any(each in ("*", account) or re.fullmatch(rf"arn:aws[a-z-]*:iam::{account}:root", str(each)) for each in named)


def holds(operator, key, wanted, facts):
    if operator == "Null":
        return all((key not in facts) == (str(each).lower() == "true") for each in listed(wanted))
    if operator in ("StringEquals", "ForAllValues:StringEquals"):
        return facts.get(key) in listed(wanted) if key in facts else operator.startswith("ForAll")
    return False


def admits(name, event):
    """Whether the bus, in whose account and Region this is asked, takes the event from the account that it names."""
    account = event["Account"]
    if account == get_account_id():
        return True
    facts = {"events:source": event.get("Source"), "events:detail-type": event.get("DetailType"), "aws:PrincipalAccount": account}
    return any(
        statement.get("Effect") == "Allow"
        and "events:PutEvents" in listed(statement.get("Action"))
        and is_principal(statement.get("Principal"), account)
        and all(
            holds(operator, key, wanted, facts)
            for operator, keys in (statement.get("Condition") or {}).items()
            for key, wanted in keys.items()
        )
        for statement in (eventbridge._event_bus_policies.get(name) or {}).get("Statement", [])
    )
