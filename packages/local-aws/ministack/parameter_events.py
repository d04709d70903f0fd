"""Parameter Store tells EventBridge of each parameter that is made or changed, as AWS's does; MiniStack tells nobody."""

import json

from ministack.services import eventbridge, ssm

put_parameter = ssm._put_parameter


def put_and_tell(data):
    answer = put_parameter(data)
    if answer[0] != 200:
        return answer
    made = ssm._parameters[data["Name"]]
    operation = "Create" if made["Version"] == 1 else "Update"
    detail = {"operation": operation, "name": made["Name"], "type": made["Type"], "description": made["Description"]}
    event = {"Source": "aws.ssm", "DetailType": "Parameter Store Change", "Resources": [made["ARN"]], "Detail": json.dumps(detail)}
    eventbridge._put_events({"Entries": [event]}, True)
    return answer


ssm._put_parameter = put_and_tell
