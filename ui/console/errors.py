"""What the console refuses."""

from models.refusal import N_, Refusal


class ConsoleError(Refusal):
    """The root of the console's errors."""


class UnknownBinding(ConsoleError):
    """Settings give a key to an action that does not exist. Facts: `name`, `known`."""

    code = "unknown_binding"
    template = N_("The key settings name an action that does not exist: {name}. Known actions: {known}.")
    exit_code = 2


class NoSoundKept(ConsoleError):
    """A sentence's sound cannot be played here."""

    code = "no_sound_here"
    template = N_(
        "There is no sound of this sentence on this machine: none was kept, or the meeting is recorded elsewhere."
    )
    exit_code = 1


class NoDeviceToListen(ConsoleError):
    """The chosen headphones cannot be opened. Facts: `device`."""

    code = "no_device_to_listen"
    template = N_("The headphones {device} cannot be opened: plug them in, or choose others (Ctrl+P, Headphones).")
    exit_code = 3
