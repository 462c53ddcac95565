"""Finding a user's program: a module, by name or by file, and the client in it."""

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Final

from callfsm.client import RelayClient
from callfsm.process import loading

_OF_AN_ACCOUNT: Final = ("SIGNALWIRE_JWT_TOKEN", "RELAY_MAX_ACTIVE_CALLS", "RELAY_MAX_CONNECTIONS")
"""What a user's environment may hold, and a simulator's must not."""


class ProgramError(Exception):
    """A program that cannot be loaded, told in one line that says what and the mend."""


def load_module(name: str) -> ModuleType:
    """The module of this dotted name, or in this file; its clients are not run by it.

    Raises:
        ProgramError: There is no such module or file.
    """
    with loading():
        return _load_file(Path(name)) if name.endswith(".py") else _load_named(name)


def _load_named(name: str) -> ModuleType:
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        return importlib.import_module(name)
    except (ImportError, SyntaxError) as error:
        if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
            mend = "give a dotted name, or a file that ends in .py"
            raise ProgramError(f"there is no module {name!r} here; {mend}") from error
        raise _broken(name, error) from error


def _load_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ProgramError(f"there is no file {path}")
    module = importlib.util.module_from_spec(spec)
    # A program whose name is a standard module's must not stand in that module's place.
    sys.modules[path.stem if path.stem not in sys.stdlib_module_names else f"{path.stem}_program"] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except (ImportError, SyntaxError) as error:
        raise _broken(str(path), error) from error
    return module


def _broken(name: str, error: Exception) -> ProgramError:
    return ProgramError(f"{name} cannot be loaded: {type(error).__name__}: {error}")


@contextmanager
def simulated(environment: Mapping[str, str]) -> Iterator[None]:
    """Point the programs of this process at a simulator, with nothing of the user's own account."""
    before = dict(os.environ)
    for name in _OF_AN_ACCOUNT:
        os.environ.pop(name, None)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def point_at(client: RelayClient, environment: Mapping[str, str]) -> None:
    """Let a client use the server and the credentials of an environment, whatever its program has given it."""
    client.host = environment["SIGNALWIRE_SPACE"]
    client.project, client.token = environment["SIGNALWIRE_PROJECT_ID"], environment["SIGNALWIRE_API_TOKEN"]
    client.jwt_token = ""


def load_client(target: str) -> RelayClient:
    """The client that ``MODULE:CLIENT`` names; ``MODULE`` alone means its ``client``.

    Raises:
        ProgramError: There is no such module, or nothing of that name in it that is a client.
    """
    module_name, _, client_name = target.partition(":")
    if not module_name:
        raise ProgramError(f"{target!r} names no module; give MODULE:CLIENT, such as examples/ivr.py:client")
    module = load_module(module_name)
    client = getattr(module, client_name or "client", None)
    if isinstance(client, RelayClient):
        return client
    found = [name for name, value in vars(module).items() if isinstance(value, RelayClient)]
    mend = (
        f"it has {', '.join(found)}: say {module_name}:{found[0]}"
        if found
        else "make one, such as client = RelayClient()"
    )
    raise ProgramError(f"{module_name} has no RelayClient named {client_name or 'client'!r}; {mend}")


def examples_folder() -> Path:
    """Where the example programs are: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "examples"
    return installed if installed.is_dir() else package.parent / "examples"
