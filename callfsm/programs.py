"""Finding a user's program: a module, by name or by file, and the client in it."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from callfsm.client import RelayClient


class ProgramError(Exception):
    """A program that cannot be loaded, told in one line that says what and the mend."""


def load_module(name: str) -> ModuleType:
    """The module of this dotted name, or in this file.

    Raises:
        ProgramError: There is no such module or file.
    """
    if name.endswith(".py"):
        return _load_file(Path(name))
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise  # The module is there; something that it imports is not.
        raise ProgramError(
            f"there is no module {name!r} here; give a dotted name, or a file that ends in .py"
        ) from error


def _load_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ProgramError(f"there is no file {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent))
    spec.loader.exec_module(module)
    return module


def load_client(target: str) -> RelayClient:
    """The client that ``MODULE:CLIENT`` names; ``MODULE`` alone means its ``client``.

    Raises:
        ProgramError: There is no such module, or nothing of that name in it that is a client.
    """
    module_name, _, client_name = target.partition(":")
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
