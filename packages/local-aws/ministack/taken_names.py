"""CloudFormation as strict as AWS's about what exists already; MiniStack takes over whatever has the name.

A resource whose name is taken is not made, whoever has the name; neither is one that gets the name by an update. A queue's name is
free only a minute after the queue was deleted. What belongs to one function or topic only, a configuration for asynchronous calls or
a subscription, is not made twice. Another service token for a custom resource is refused. A table under deletion protection is not
deleted. A kept global table can be imported, as a table can.
"""

import time

from ministack.services import cloudwatch_logs, dynamodb, eventbridge, iam, lambda_svc, sns, sqs, stepfunctions
from ministack.services.cloudformation import changesets, provisioners, stacks

FREE_AFTER_SECONDS = 60
queues_deleted_at = {}


def ends_with(store, name):
    return any(str(key).endswith(f":{name}") or str(key).endswith(f"/{name}") for key in store)


def rule_is_there(name):
    return any(rule.get("Name") == name for rule in eventbridge._rules.values())


def queue_is_there(name):
    if time.monotonic() - queues_deleted_at.get(name, float("-inf")) < FREE_AFTER_SECONDS:
        raise ValueError("You must wait 60 seconds after deleting a queue before you can create another with the same name.")
    return name in sqs._queue_name_to_url


NAMES = {
    "AWS::DynamoDB::GlobalTable": ("TableName", lambda name: name in dynamodb._tables),
    "AWS::DynamoDB::Table": ("TableName", lambda name: name in dynamodb._tables),
    "AWS::Events::Rule": ("Name", rule_is_there),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", lambda name: ends_with(iam._policies, name)),
    "AWS::IAM::Role": ("RoleName", lambda name: name in iam._roles),
    "AWS::Lambda::Function": ("FunctionName", lambda name: name in lambda_svc._functions),
    "AWS::Logs::LogGroup": ("LogGroupName", lambda name: name in cloudwatch_logs._log_groups),
    "AWS::SNS::Topic": ("TopicName", lambda name: ends_with(sns._topics, name)),
    "AWS::SQS::Queue": ("QueueName", queue_is_there),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", lambda name: ends_with(stepfunctions._state_machines, name)),
}


def refuse_taken(resource_type, props):
    key, is_there = NAMES[resource_type]
    if props.get(key) and is_there(props[key]):
        raise ValueError(f"Resource of type '{resource_type}' with identifier '{props[key]}' already exists.")


def guarded(resource_type, handlers):
    create, update, key = handlers["create"], handlers.get("update"), NAMES[resource_type][0]

    def create_if_free(logical_id, props, stack_name):
        refuse_taken(resource_type, props)
        return create(logical_id, props, stack_name)

    def update_if_free(physical_id, old_props, new_props, *more, **named):
        if new_props.get(key) != old_props.get(key):
            refuse_taken(resource_type, new_props)
        return update(physical_id, old_props, new_props, *more, **named)

    handlers["create"] = create_if_free
    if update:
        handlers["update"] = update_if_free


for each, handlers in provisioners._RESOURCE_HANDLERS.items():
    if each in NAMES:
        guarded(each, handlers)


def once(resource_type, is_there):
    handlers = provisioners._RESOURCE_HANDLERS[resource_type]
    create = handlers["create"]

    def create_once(logical_id, props, stack_name):
        there = is_there(props)
        if there is True:
            raise ValueError(f"Resource of type '{resource_type}' already exists.")
        return there or create(logical_id, props, stack_name)

    handlers["create"] = create_once


def configuration_is_there(props):
    function = provisioners._lambda_function_for_cfn_ref(props.get("FunctionName", ""))[0]
    configurations = (function or {}).get("event_invoke_configs") or {}
    return props.get("Qualifier", "$LATEST") in configurations or bool((function or {}).get("event_invoke_config"))


def subscription_that_is_there(props):  # Subscribe answers with the one that is there
    topic = sns._topics.get(props.get("TopicArn", "")) or {"subscriptions": []}
    for each in topic["subscriptions"]:
        if (each["protocol"], each["endpoint"]) == (props.get("Protocol"), props.get("Endpoint")):
            return each["arn"], {"Arn": each["arn"]}
    return None


once("AWS::Lambda::EventInvokeConfig", configuration_is_there)
once("AWS::SNS::Subscription", subscription_that_is_there)


def note_deletion(function, name_of):
    def noted(first, *more):
        name = name_of(first)
        answer = function(first, *more)
        queues_deleted_at[name] = time.monotonic()
        return answer

    return noted


queues = provisioners._RESOURCE_HANDLERS["AWS::SQS::Queue"]
queues["delete"] = note_deletion(queues["delete"], lambda url: str(url).rsplit("/", 1)[-1])


tables = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"]
create_table, delete_table = tables["create"], tables["delete"]


def create_protected(logical_id, props, stack_name):
    name, attributes = create_table(logical_id, props, stack_name)
    dynamodb._tables[name]["DeletionProtectionEnabled"] = any(each.get("DeletionProtectionEnabled") for each in props.get("Replicas", []))
    return name, attributes


def delete_unprotected(physical_id, props):
    if (dynamodb._tables.get(physical_id) or {}).get("DeletionProtectionEnabled"):
        raise ValueError(f"Resource cannot be deleted as it is currently protected against deletion: {physical_id}")
    return delete_table(physical_id, props)


tables["create"], tables["delete"] = create_protected, delete_unprotected
tables["import"] = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]["import"]
changesets._IMPORT_LOOKUPS["AWS::DynamoDB::GlobalTable"] = changesets._IMPORT_LOOKUPS["AWS::DynamoDB::Table"]

update_resource = stacks._update_resource


def update_with_same_token(resource_type, physical_id, old_props, new_props, *more):
    tokens = {old_props.get("ServiceToken"), new_props.get("ServiceToken")}
    if resource_type.startswith("Custom::") and len(tokens) > 1:
        raise ValueError("Modifying service token is not allowed.")
    return update_resource(resource_type, physical_id, old_props, new_props, *more)


stacks._update_resource = update_with_same_token
