"""Over TLS, only who proves to be the host is told anything."""

import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gatehouse.errors import AwsError
from tests.aws.servers import Server, answers_with, serving
from tests.aws.transports import GIVEN_UP_SECONDS, PATIENT, crt_aws

pytestmark = pytest.mark.loopback

MINUTE = 60.0
# s2n hides for 10 to 30 s that it does not trust a host ("blinding"); until then it looks as if it took its time.
IMPATIENT = (0.1, 1.0)
EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(days=1))
PAST = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))


class Authority:
    """Issues certificates, first of all its own."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of this test")])
        made = (
            self._builder(self._name, self._key.public_key(), EVER)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = made.public_bytes(serialization.Encoding.PEM)

    def context(self, folder: Path, host: str, valid: tuple[datetime, datetime] = EVER) -> ssl.SSLContext:
        """Return what a server of this name serves over TLS with."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        subject = x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
        made = (
            self._builder(name, key.public_key(), valid)
            .add_extension(x509.SubjectAlternativeName([subject]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = folder / f"{host}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, valid: tuple[datetime, datetime]
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid[0])
            .not_valid_after(valid[1])
        )


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def server(authority: Authority, tmp_path: Path) -> Iterator[Server]:
    with serving(answers_with({}), context=authority.context(tmp_path, "localhost")) as made:
        yield made


def test_a_host_that_a_trusted_authority_vouches_for_is_asked(server: Server, authority: Authority) -> None:
    aws = crt_aws(f"https://localhost:{server.port}", MINUTE, PATIENT, authorities=authority.pem)

    found = [aws.call("dynamodb", "ListTables", {}) for _ in range(3)]

    assert found == [{}] * 3
    assert server.connections == 1


def error_at(url: str, **more: bytes) -> AwsError:
    with pytest.raises(AwsError) as raised:
        crt_aws(url, MINUTE, IMPATIENT, **more).call("dynamodb", "ListTables", {})
    return raised.value


def test_a_host_that_only_itself_vouches_for_is_told_nothing(server: Server) -> None:
    error = error_at(f"https://localhost:{server.port}")

    assert error.code == "Unreachable"
    assert server.requests == []


def test_a_host_of_another_name_is_told_nothing(authority: Authority, tmp_path: Path) -> None:
    with serving(answers_with({}), context=authority.context(tmp_path, "elsewhere.example")) as server:
        error = error_at(f"https://localhost:{server.port}", authorities=authority.pem)

    assert error.code == "Unreachable"
    assert server.requests == []


def test_a_host_whose_certificate_has_ended_is_told_nothing(authority: Authority, tmp_path: Path) -> None:
    with serving(answers_with({}), context=authority.context(tmp_path, "localhost", PAST)) as server:
        error = error_at(f"https://localhost:{server.port}", authorities=authority.pem)

    assert error.code == "Unreachable"
    assert server.requests == []


def test_a_host_that_another_authority_vouches_for_is_told_nothing(server: Server) -> None:
    error = error_at(f"https://localhost:{server.port}", authorities=Authority().pem)

    assert error.code == "Unreachable"
    assert server.requests == []


def test_a_host_that_speaks_no_tls_is_told_nothing(authority: Authority) -> None:
    with serving(answers_with({})) as server:
        error = error_at(f"https://localhost:{server.port}", authorities=authority.pem)

    assert error.code == "Unreachable"
    assert not [request for request in server.requests if request.line.startswith("POST")]


def test_authorities_that_are_none_are_no_reason_to_trust_anybody(server: Server) -> None:
    assert error_at(f"https://localhost:{server.port}", authorities=b"none").code == "Unreachable"
    assert server.requests == []


@pytest.mark.invariant(8)
def test_a_host_that_never_answers_the_handshake_is_given_up_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        aws = crt_aws(f"https://localhost:{listening.getsockname()[1]}", 0.2, PATIENT)
        began = time.monotonic()

        with pytest.raises(AwsError) as raised:
            aws.call("dynamodb", "ListTables", {})

    assert raised.value.code == "DeadlineExceeded"
    assert time.monotonic() - began < GIVEN_UP_SECONDS
