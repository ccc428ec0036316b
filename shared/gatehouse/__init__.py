"""Gatehouse: the front door of a multi-tenant product, on Amazon Cognito."""
