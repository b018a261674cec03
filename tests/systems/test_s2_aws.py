"""The guide for AWS (S2): all its commands run as they stand, on simulated services."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from buckets import CREDENTIALS, SECRET, Bucket, open_bucket
from reelwright.net.cloudfront import load_cloudfront_signer
from reelwright.settings import load_settings

ROOT: Final = Path(__file__).parents[2]
GUIDE: Final = ROOT / "docs" / "guides" / "aws.md"
PROGRAM: Final = Path(__file__).with_name("aws_program.py")
REGION: Final = "us-east-2"
NAME: Final = "studio-example-films"
AWS: Final = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(PROGRAM))} "$@"\n'
SSH: Final = '#!/bin/sh\necho "$0" "$@" >> "$MACHINE_LOG"\n'
SUDO: Final = f"""#!/bin/sh
echo "$@" >> "$MACHINE_LOG"
[ "$1" = systemd-run ] || exit 0
shift
while [ "${{1#--}}" != "$1" ]; do shift; done
[ "$1" = /opt/reelwright/bin/reelwright ] || exit 9
shift
set -a; . ./environment; set +a
export REELWRIGHT_DATABASE= REELWRIGHT_VAULT_ENDPOINT="$AWS_ENDPOINT_URL"
exec {shlex.quote(str(Path(sys.executable).with_name("reelwright")))} "$@"
"""
"""Starts Reelwright with the settings that the guide wrote; only the database is a file, and the bucket the fake's."""


@dataclass(frozen=True)
class Account:
    """The account in which the guide was typed, and the folder: its files, and what was run on the machine."""

    bucket: Bucket
    folder: Path
    commands: list[list[str]]
    machine: list[str]
    printed: str

    def open_client(self, service: str) -> Any:
        return boto3.client(
            service, endpoint_url=self.bucket.endpoint, region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"], aws_secret_access_key=SECRET,
        )  # fmt: skip


def list_blocks() -> list[str]:
    return re.findall(r"^```(?:sh|bash)\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An empty account in which all of the guide is typed into one shell."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "deploy").symlink_to(ROOT / "deploy")
    (folder / "dist").mkdir()
    for place in (folder, folder / "dist"):
        (place / "reelwright-0.1.0-py3-none-any.whl").touch()
    programs = folder / "programs"
    programs.mkdir()
    for name, text in {"aws": AWS, "sudo": SUDO, "ssh": SSH, "scp": SSH}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    # what is removed at the end of a stay on the machine lies in another folder there
    typed = "".join(list_blocks()).replace("rm environment downloads.pem\n", "").replace("rm environment\n", "")
    with open_bucket() as bucket:
        logs = {"AWS_LOG": folder / "aws.log", "MACHINE_LOG": folder / "machine.log"}
        env = {
            "PATH": f"{programs}:/usr/bin:/bin", "HOME": str(folder), "REELWRIGHT_HOME": str(folder / "home"),
            "AWS_ENDPOINT_URL": bucket.endpoint, **CREDENTIALS, **{name: str(path) for name, path in logs.items()},
        }  # fmt: skip
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", typed], cwd=folder, env=env, capture_output=True, text=True, timeout=240,
            check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
        commands = [json.loads(line) for line in logs["AWS_LOG"].read_text().splitlines()]
        yield Account(bucket, folder, commands, logs["MACHINE_LOG"].read_text().splitlines(), run.stdout)


def test_s2_44_every_command_of_the_guide_was_run(account: Account) -> None:
    typed = "".join(list_blocks())
    assert len(account.commands) == len(re.findall(r"(?:^|\()aws ", typed, re.M)) > 30
    assert len(re.findall(r"^sudo |^run \w", typed, re.M)) == len([one for one in account.machine if "/scp" not in one
                                                                   and "/ssh" not in one])  # fmt: skip
    shown = GUIDE.read_text(encoding="utf-8")
    assert len(re.findall("^```", shown, re.M)) == 2 * len(list_blocks()), "no block is left out"


def test_s2_44_the_bucket_is_private_and_keeps_what_is_deleted(account: Account) -> None:
    found = account.open_client("s3")
    blocked = found.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"]
    assert all(blocked.values()) and len(blocked) == 4
    assert found.get_bucket_versioning(Bucket=NAME)["Status"] == "Enabled"
    assert found.get_bucket_location(Bucket=NAME)["LocationConstraint"] == REGION
    assert {one["ID"] for one in found.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]} == {
        "unfinished-uploads", "deleted-files"
    }  # fmt: skip
    assert found.get_bucket_cors(Bucket=NAME)["CORSRules"][0]["AllowedMethods"] == ["GET", "HEAD"]
    policy = account.open_client("iam").get_role_policy(RoleName="reelwright", PolicyName="bucket")["PolicyDocument"]
    assert {one["Resource"] for one in policy["Statement"]} == {f"arn:aws:s3:::{NAME}/*", f"arn:aws:s3:::{NAME}"}
    assert "*" not in {action for one in policy["Statement"] for action in one["Action"]}


def test_s2_44_only_the_machine_reaches_the_database(account: Account) -> None:
    (database,) = account.open_client("rds").describe_db_instances()["DBInstances"]
    assert database["StorageEncrypted"] and not database["PubliclyAccessible"] and database["DeletionProtection"]
    assert database["BackupRetentionPeriod"] == 7
    computers = account.open_client("ec2")
    groups = {one["GroupName"]: one for one in computers.describe_security_groups()["SecurityGroups"]}
    (rule,) = groups["reelwright-database"]["IpPermissions"]
    assert (rule["FromPort"], rule["IpRanges"]) == (5432, [])
    assert rule["UserIdGroupPairs"][0]["GroupId"] == groups["reelwright-server"]["GroupId"]
    open_to_all = {
        one["FromPort"] for one in groups["reelwright-server"]["IpPermissions"]
        if {"CidrIp": "0.0.0.0/0"} in [{"CidrIp": each["CidrIp"]} for each in one["IpRanges"]]
    }  # fmt: skip
    assert open_to_all == {80, 443}, "a person alone logs in"
    (reservation,) = computers.describe_instances()["Reservations"]
    (machine,) = reservation["Instances"]
    assert machine["IamInstanceProfile"]["Arn"].endswith("/reelwright")
    (options,) = [one for one in account.commands if one[1] == "run-instances"]
    assert options[options.index("--metadata-options") + 1] == "HttpTokens=required"


def test_s2_44_the_settings_that_it_writes_are_accepted_and_hold_no_key_of_amazon(account: Account) -> None:
    text = (account.folder / "environment").read_text()
    written = dict(line.split("=", 1) for line in text.splitlines())
    settings = load_settings({**written, "REELWRIGHT_HOME": str(account.folder)})
    assert settings.vault_url == f"s3://{NAME}/studio" and settings.downloads == "cloudfront"
    assert (
        settings.database.startswith("postgresql+psycopg://reelwright:") and "rds.amazonaws.com/" in settings.database
    )
    assert not {"AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"} & written.keys()
    (account.folder / "downloads.pem").chmod(0o600)
    network = account.open_client("cloudfront")
    signer = load_cloudfront_signer(settings, {})
    assert signer.key_id == network.list_public_keys()["PublicKeyList"]["Items"][0]["Id"]
    (summary,) = network.list_distributions()["DistributionList"]["Items"]
    config = network.get_distribution(Id=summary["Id"])["Distribution"]["DistributionConfig"]
    assert config["DefaultCacheBehavior"]["TrustedKeyGroups"]["Enabled"], "else it gives every file to everybody"
    sent = json.loads((account.folder / "distribution.json").read_text())
    assert sent["DefaultCacheBehavior"]["ForwardedValues"]["QueryStringCacheKeys"]["Items"] == [
        "response-content-disposition", "response-content-type"
    ]  # fmt: skip
    policy = json.loads(account.open_client("s3").get_bucket_policy(Bucket=NAME)["Policy"])
    assert policy["Statement"][0]["Condition"]["StringEquals"]["AWS:SourceArn"] == summary["ARN"]


def test_s2_44_reelwright_accepts_the_bucket_and_makes_a_key(account: Account) -> None:
    assert "rw_" in account.printed, account.printed
    assert f"s3://{NAME}/studio" in account.printed
    for one in account.machine:
        assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in one
    assert any("reelwright-serve" in one for one in account.machine)
    files = re.findall(r"\bdeploy/[\w./-]+", GUIDE.read_text(encoding="utf-8"))
    assert all((ROOT / one.rstrip(".")).exists() for one in files) and os.access(PROGRAM, os.R_OK)
