"""The wire: protocol, hub, server and client."""
