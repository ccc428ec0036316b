import pytest

from gatehouse.errors import OperatorRefusal
from gatehouse.refusals.common import InvalidDomain, InvalidProviderName, InvalidTenantId
from gatehouse.runtime.wiring import App
from tests.cli.operator import Operator
from tests.support.builders import PROVIDER, a_mapping

PROVES_NOTHING = (
    f"warning: without a domain the word of {PROVIDER} proves no address, so nobody joins acme by it;"
    " name the domains with --domain\n"
)


@pytest.fixture(autouse=True)
def _acme(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")


def test_a_provider_is_mapped_to_a_tenant_for_its_domains(operator: Operator, store: App) -> None:
    printed = operator.does(
        "provider", "set", PROVIDER, "--tenant", "acme", "--domain", "Acme.org", "--domain", "acme.com"
    )

    assert printed == "Provider AcmeSaml is mapped to acme for acme.com, acme.org\n"
    assert store.providers.of(PROVIDER) == [a_mapping("acme.com", "acme.org")]


def test_a_mapping_reads_as_json(operator: Operator) -> None:
    mapped = operator.reads("provider", "set", PROVIDER, "--tenant", "acme", "--domain", "acme.com")

    assert mapped == [{"provider": PROVIDER, "tenant": "acme", "domains": ["acme.com"], "email_attribute": None}]


def test_a_mapping_without_a_domain_stands_and_warns(operator: Operator, store: App) -> None:
    result = operator.types("provider", "set", PROVIDER, "--tenant", "acme")

    assert (result.exit_code, result.stdout) == (0, "Provider AcmeSaml is mapped to acme\n")
    assert result.stderr == PROVES_NOTHING
    assert store.providers.of(PROVIDER) == [a_mapping(domains=frozenset())]


def test_what_was_mapped_before_is_replaced(operator: Operator, store: App) -> None:
    operator.does("provider", "set", PROVIDER, "--tenant", "acme", "--domain", "acme.com", "--domain", "acme.org")

    operator.does("provider", "set", PROVIDER, "--tenant", "acme", "--domain", "acme.net")

    assert store.providers.of(PROVIDER) == [a_mapping("acme.net")]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["Acme Saml", "--tenant", "acme"], InvalidProviderName),
        (["A" * 33, "--tenant", "acme"], InvalidProviderName),
        ([PROVIDER, "--tenant", "Acme"], InvalidTenantId),
        ([PROVIDER, "--tenant", "acme", "--domain", "acme"], InvalidDomain),
        ([PROVIDER, "--tenant", "acme", "--domain", "@acme.com"], InvalidDomain),
        ([PROVIDER, "--tenant", "acme", "--domain", "*.acme.com"], InvalidDomain),
        ([PROVIDER, "--tenant", "acme", "--domain", "acme.com,acme.org"], InvalidDomain),
        ([PROVIDER, "--tenant", "acme", "--domain", "ácme.com"], InvalidDomain),
        ([PROVIDER, "--tenant", "acme", "--domain", ""], InvalidDomain),
    ],
)
def test_what_cannot_be_mapped_is_refused(
    operator: Operator, store: App, words: list[str], refusal: type[OperatorRefusal]
) -> None:
    refused = operator.is_refused("provider", "set", *words)

    assert refused == (1, [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice])
    assert list(store.providers.every()) == []


def test_a_tenant_that_there_is_not_is_mapped_to_no_provider(operator: Operator) -> None:
    refused = operator.is_refused("provider", "set", PROVIDER, "--tenant", "globex", "--domain", "globex.com")

    [entry] = [one for one in operator.reads("audit", "tail") if one["action"] == "provider:set"]
    assert refused == (
        1,
        ["error: There is no tenant with this id [tenant_not_found]", "See the tenants: gatehouse tenant list"],
    )
    assert (entry["outcome"], entry["reason"], entry["target_id"]) == ("deny", "tenant_not_found", PROVIDER)


def test_a_mapping_is_removed_and_those_of_others_stay(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "globex")
    for tenant in ("acme", "globex"):
        operator.does("provider", "set", PROVIDER, "--tenant", tenant, "--domain", "acme.com")

    printed = operator.does("provider", "remove", PROVIDER, "--tenant", "acme")

    assert printed == "Provider AcmeSaml is no longer mapped to acme\n"
    assert store.providers.of(PROVIDER) == [a_mapping(tenant_id="globex")]


def test_a_removal_reads_as_json(operator: Operator) -> None:
    operator.does("provider", "set", PROVIDER, "--tenant", "acme", "--domain", "acme.com")

    removed = operator.reads("provider", "remove", PROVIDER, "--tenant", "acme")

    assert removed == [{"provider": PROVIDER, "tenant": "acme", "status": "removed"}]


def test_a_mapping_that_there_is_not_cannot_be_removed(operator: Operator) -> None:
    refused = operator.is_refused("provider", "remove", PROVIDER, "--tenant", "acme")

    assert refused == (
        1,
        [
            "error: This identity provider is not mapped to the tenant [provider_not_mapped]",
            "See what is mapped: gatehouse provider list",
        ],
    )


@pytest.mark.parametrize(
    ("words", "refusal"),
    [(["Acme Saml", "--tenant", "acme"], InvalidProviderName), ([PROVIDER, "--tenant", "a/b"], InvalidTenantId)],
)
def test_what_cannot_be_named_cannot_be_removed(
    operator: Operator, words: list[str], refusal: type[OperatorRefusal]
) -> None:
    refused = operator.is_refused("provider", "remove", *words)

    assert refused == (1, [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice])


def test_each_change_is_recorded_in_the_tenants_log(operator: Operator) -> None:
    operator.does("provider", "set", PROVIDER, "--tenant", "acme", "--domain", "acme.com")
    operator.does("provider", "remove", PROVIDER, "--tenant", "acme")
    operator.types("provider", "remove", PROVIDER, "--tenant", "acme")

    told = operator.reads("audit", "tail", "--tenant", "acme")[1:]

    assert [(one["action"], one["outcome"], one["reason"], one["source"]) for one in told] == [
        ("provider:set", "allow", "done", "cli:provider set"),
        ("provider:remove", "allow", "done", "cli:provider remove"),
        ("provider:remove", "deny", "provider_not_mapped", "cli:provider remove"),
    ]
    assert {(one["target_kind"], one["target_id"]) for one in told} == {("provider", PROVIDER)}


def test_providers_are_listed_in_a_table(operator: Operator) -> None:
    operator.does("tenant", "create", "globex")
    operator.does("provider", "set", PROVIDER, "--tenant", "acme", "--domain", "acme.org", "--domain", "acme.com")
    operator.types("provider", "set", PROVIDER, "--tenant", "globex")

    lines = operator.does("provider", "list").splitlines()

    assert lines == [
        "PROVIDER  TENANT  DOMAINS",
        "AcmeSaml  acme    acme.com, acme.org",
        "AcmeSaml  globex  -",
    ]


def test_providers_are_listed_as_one_json_object_a_line(operator: Operator) -> None:
    operator.does("provider", "set", PROVIDER, "--tenant", "acme", "--domain", "acme.com")

    assert operator.reads("provider", "list") == [
        {"provider": PROVIDER, "tenant": "acme", "domains": ["acme.com"], "email_attribute": None}
    ]


def test_a_stack_without_providers_lists_none_and_says_so_on_stderr_only(operator: Operator) -> None:
    result = operator.types("provider", "list")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "No identity provider is mapped yet: gatehouse provider set\n"


@pytest.mark.parametrize("verb", ["set", "remove"])
def test_a_provider_is_mapped_to_somebody(operator: Operator, verb: str) -> None:
    result = operator.types("provider", verb, PROVIDER)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Missing option '--tenant'" in result.stderr
