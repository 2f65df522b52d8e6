"""What the console refuses."""

from models.refusal import N_, Refusal


class ConsoleError(Refusal):
    """The root of the console's errors."""


class UnknownBinding(ConsoleError):
    """Settings give a key to an action that does not exist. Facts: `name`, `known`."""

    code = "unknown_binding"
    template = N_("The key settings name an action that does not exist: {name}. Known actions: {known}.")
    exit_code = 2
