"""Reads tokens, and signs changed ones anew with the pool's own key."""

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a token without verifying it; an empty object if it is none."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def resigned(token: str, claims: dict[str, Any], key_file: Path) -> str:
    """Return the token with other claims, under its own header (which names the key) and a fresh RS256 signature.

    The emulator keeps each pool's two keys as `<state>/cognito-pool-keys/<pool>-{access,id}.pem`, so that other
    processes can sign alike. Raises OSError if the file is not there.
    """
    key = load_pem_private_key(key_file.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{key_file} is not an RSA key")
    signed = f"{token.split('.', maxsplit=1)[0]}.{_encoded(json.dumps(claims).encode())}"
    return f"{signed}.{_encoded(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
