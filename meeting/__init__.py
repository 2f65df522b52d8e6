"""What a meeting is, and the service that runs one."""
