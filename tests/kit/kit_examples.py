"""The example programs, as the tests of a project of their own would import them."""

import sys
from typing import Any

import pytest

from callfsm.programs import examples_folder, load_module


def example(name: str) -> Any:
    """An example program, loaded afresh; its client finds credentials in the environment, as it does anywhere."""
    sys.modules.pop(name, None)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SIGNALWIRE_PROJECT_ID", "a project")
        environment.setenv("SIGNALWIRE_API_TOKEN", "a token")
        return load_module(str(examples_folder() / f"{name}.py"))
