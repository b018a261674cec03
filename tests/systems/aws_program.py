"""The command ``aws`` for the tests: reads a command line by botocore's models, and sends it to AWS_ENDPOINT_URL.

It knows what the guide uses, and refuses the rest: operations, waiters, JSON, ``file://``, the shorthand of one level,
``--query`` and ``--output text``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import jmespath
from botocore import xform_name
from botocore.session import get_session

DEBIAN = "/aws/service/debian/release/12/latest/amd64"
AMAZON = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
"""An image that the fake of EC2 knows, in place of Debian's, which it does not."""


def main(words: list[str]) -> None:
    service, verb, *rest = words
    client = get_session().create_client("s3" if service == "s3api" else service, region_name=os.environ["AWS_REGION"])
    model = client.meta.service_model
    with Path(os.environ["AWS_LOG"]).open("a", encoding="utf-8") as log:
        log.write(json.dumps(words) + "\n")
    if verb == "wait":
        waiter = client.get_waiter(rest.pop(0).replace("-", "_"))
        shape = model.operation_model(waiter.config.operation).input_shape
        waiter.wait(**read_parameters(shape, rest)[0])
        return
    name = {xform_name(one, "-"): one for one in model.operation_names}[verb]
    parameters, shown = read_parameters(model.operation_model(name).input_shape, rest)
    if name == "GetParameter" and parameters["Name"] == DEBIAN:
        parameters["Name"] = AMAZON
    if name == "AuthorizeSecurityGroupIngress":
        join_permission(parameters)
    if name == "RunInstances":
        parameters |= {"MinCount": 1, "MaxCount": 1}  # the command line's own default
    found = getattr(client, xform_name(name))(**parameters)
    found.pop("ResponseMetadata", None)
    if "query" in shown:
        found = jmespath.search(shown["query"], found)
        assert isinstance(found, str), f"{verb}: {shown['query']} finds {found!r}"
    print(found if shown.get("output") == "text" else json.dumps(found, default=str))


def read_parameters(shape: Any, words: list[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The parameters of an operation, and the options that every command has."""
    known = {xform_name(one, "-"): (one, member) for one, member in shape.members.items()}
    parameters: dict[str, Any] = {}
    shown: dict[str, str] = {}
    while words:
        option = words.pop(0)
        assert option.startswith("--"), f"{option} belongs to no option"
        values = []
        while words and not words[0].startswith("--"):
            values.append(words.pop(0))
        name = option[2:]
        if name in ("query", "output"):
            [shown[name]] = values
        elif name in ("protocol", "port", "cidr", "source-group"):  # of the command line alone
            [parameters[name]] = values
        elif name.startswith("no-") and name not in known:
            parameters[known[name[3:]][0]] = False
        else:
            member, kind = known[name]
            parameters[member] = read_value(kind, values)
    return parameters, shown


def read_value(shape: Any, values: list[str]) -> Any:
    if shape.type_name == "boolean":
        return values in ([], ["true"])
    if shape.type_name == "list" and not values[0].startswith(("[", "file://")):
        return [read_value(shape.member, [one]) for one in values]
    [value] = values
    if value.startswith("file://"):
        value = Path(value.removeprefix("file://")).read_text(encoding="utf-8")
    if shape.type_name in ("integer", "long"):
        return int(value)
    if shape.type_name == "string":
        return value
    if value.lstrip().startswith(("[", "{")):
        return json.loads(value)
    assert shape.type_name == "structure", shape
    found: dict[str, Any] = {}
    for part in value.split(","):
        key, _, text = part.partition("=")
        found[key] = read_value(shape.members[key], [text])
    return found


def join_permission(parameters: dict[str, Any]) -> None:
    """What the command line has in place of the permission of a group."""
    port = int(parameters.pop("port"))
    rule: dict[str, Any] = {"IpProtocol": parameters.pop("protocol"), "FromPort": port, "ToPort": port}
    if "cidr" in parameters:
        rule["IpRanges"] = [{"CidrIp": parameters.pop("cidr")}]
    else:
        rule["UserIdGroupPairs"] = [{"GroupId": parameters.pop("source-group")}]
    parameters["IpPermissions"] = [rule]


if __name__ == "__main__":
    main(sys.argv[1:])
