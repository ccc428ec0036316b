"""Where DynamoDB is and whose credentials are used there, by the variables that every AWS SDK shares."""

from pathlib import Path

import pytest
from botocore.session import Session

from gatehouse.aws.place import CredentialEndpoint, Credentials, DynamoDbPlace
from gatehouse.errors import SettingMissing
from gatehouse.runtime.settings import dynamodb_place

LAMBDA = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "ASIA1",
    "AWS_SECRET_ACCESS_KEY": "the-secret",
    "AWS_SESSION_TOKEN": "the-session",
}
SNAP_START = {
    "AWS_REGION": "eu-west-1",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9001/credentials",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "the-token",
}
BOTO = Session()
REGIONS = [
    region
    for partition in BOTO.get_available_partitions()
    for region in BOTO.get_available_regions("dynamodb", partition)
    if region != "local"
]


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_is_reached_where_boto3_reaches_it(region: str) -> None:
    client = BOTO.create_client("dynamodb", region, aws_access_key_id="test", aws_secret_access_key="test")

    assert DynamoDbPlace(region=region).endpoint_url == client.meta.endpoint_url


def test_every_partition_is_among_those_regions() -> None:
    domains = {DynamoDbPlace(region=region).endpoint_url.partition(region)[2] for region in REGIONS}

    assert {".amazonaws.com", ".amazonaws.com.cn", ".c2s.ic.gov", ".sc2s.sgov.gov"} <= domains


def test_lambda_gives_a_function_its_credentials() -> None:
    place = dynamodb_place(LAMBDA)

    assert place == DynamoDbPlace(
        region="eu-west-1",
        credentials=Credentials(key_id="ASIA1", secret="the-secret", session_token="the-session"),
    )


def test_a_snap_start_function_asks_for_them() -> None:
    place = dynamodb_place(SNAP_START)

    assert place.credentials == CredentialEndpoint(url="http://127.0.0.1:9001/credentials", token="the-token")


def test_the_token_may_stand_in_a_file() -> None:
    file = {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/var/run/token", "AWS_CONTAINER_AUTHORIZATION_TOKEN": ""}

    place = dynamodb_place(SNAP_START | file)

    assert place.credentials == CredentialEndpoint(
        url="http://127.0.0.1:9001/credentials", token_file=Path("/var/run/token")
    )


def test_an_access_key_goes_before_an_endpoint() -> None:
    assert dynamodb_place(SNAP_START | LAMBDA).credentials == dynamodb_place(LAMBDA).credentials


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
@pytest.mark.parametrize("value", [None, ""])
def test_half_a_key_is_none(missing: str, value: str | None) -> None:
    environment = {name: text for name, text in (LAMBDA | {missing: value}).items() if text is not None}

    assert dynamodb_place(environment).credentials is None


def test_a_key_for_good_has_no_session_token() -> None:
    place = dynamodb_place(LAMBDA | {"AWS_SESSION_TOKEN": ""})

    assert place.credentials == Credentials(key_id="ASIA1", secret="the-secret")


@pytest.mark.parametrize(
    ("urls", "url"),
    [
        ({}, "https://dynamodb.eu-west-1.amazonaws.com"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, "http://127.0.0.1:4566"),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_DYNAMODB": "http://b"}, "http://b"),
        ({"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_DYNAMODB": ""}, "https://dynamodb.eu-west-1.amazonaws.com"),
    ],
)
def test_an_endpoint_that_is_given_is_the_one_that_is_asked(urls: dict[str, str], url: str) -> None:
    assert dynamodb_place(LAMBDA | urls).endpoint_url == url


def test_a_region_that_is_not_set_is_named() -> None:
    with pytest.raises(SettingMissing, match="AWS_REGION"):
        dynamodb_place({"AWS_DEFAULT_REGION": "eu-west-1"})


@pytest.mark.parametrize(
    "name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]
)
def test_an_address_that_is_none_is_named(name: str) -> None:
    with pytest.raises(SettingMissing, match=f"{name} must be a URL"):
        dynamodb_place({"AWS_REGION": "eu-west-1", name: "localhost:4566"})
