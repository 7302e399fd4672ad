"""The cases, by what they are about; in this order they are run."""

# isort: off
from . import handshake, life, health, reflection, hooks, errors, large, web, stdio, tls

__all__ = ["handshake", "life", "health", "reflection", "hooks", "errors", "large", "web", "stdio", "tls"]
