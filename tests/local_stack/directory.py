"""Somebody's directory: a second pool, which stands behind the identity providers of the stack's own."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from local.demo.people import PASSWORD
from local.stack import Stack
from tests.local_stack.ways import AppClient, Arrival, add_client, add_hosted_client


@dataclass(frozen=True, slots=True)
class Directory:
    """The second pool, by the app client that it has for the stack's pool."""

    stack: Stack
    client: AppClient

    def employs(self, address: str) -> str:
        """Add somebody to the directory; return the address."""
        cognito, pool_id = self.stack.client("cognito-idp"), self.client.pool_id
        cognito.admin_create_user(
            UserPoolId=pool_id,
            Username=address,
            UserAttributes=[{"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"}],
            MessageAction="SUPPRESS",
        )
        cognito.admin_set_user_password(UserPoolId=pool_id, Username=address, Password=PASSWORD, Permanent=True)
        return address

    def known_as(self, name: str) -> "Provider":
        """Make the directory an identity provider of the stack's pool, under this name, at an app client of its own."""
        url, issuer = self.stack.endpoint_url, f"{self.stack.endpoint_url}/{self.client.pool_id}"
        self.stack.client("cognito-idp").create_identity_provider(
            UserPoolId=self.stack.outputs["UserPoolId"],
            ProviderName=name,
            ProviderType="OIDC",
            ProviderDetails={
                "client_id": self.client.id,
                "client_secret": self.client.secret,
                "authorize_scopes": "openid email",
                "attributes_request_method": "GET",
                "oidc_issuer": issuer,
                "authorize_url": f"{url}/oauth2/authorize",
                "token_url": f"{url}/oauth2/token",
                "attributes_url": f"{url}/oauth2/userInfo",
                "jwks_uri": f"{issuer}/.well-known/jwks.json",
            },
            AttributeMapping={"email": "email"},
        )
        flows = {"ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]}
        return Provider(name, self, add_hosted_client(self.stack, name, name, **flows))


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider of the stack's pool, and an app client that offers it and nothing else."""

    name: str
    directory: Directory
    client: AppClient

    def brings(self, address: str) -> Arrival:
        """Let somebody of the directory sign in."""
        return self.client.by_provider(self.name, self.directory.client, address)


def open_directory(stack: Stack) -> Directory:
    """Create the second pool. It has no triggers, so its people come and go without anybody being asked."""
    cognito = stack.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="directory", UsernameAttributes=["email"])["UserPool"]
    client = add_client(
        stack,
        "gatehouse",
        pool["Id"],
        GenerateSecret=True,
        CallbackURLs=[f"http://localhost:{urlsplit(stack.endpoint_url).port}/oauth2/idpresponse"],
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        AllowedOAuthFlowsUserPoolClient=True,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )
    return Directory(stack, client)
