"""Finding a user's program: every way to miss it is told in one line with its mend."""

import sys
from pathlib import Path

import pytest

from callfsm import RelayClient
from callfsm.process import is_loading
from callfsm.programs import ProgramError, examples_folder, load_client, load_module, point_at

PROGRAM = "from callfsm import RelayClient\nclient = RelayClient('p', 't')\nother = RelayClient('q', 't')\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    return tmp_path


def test_module_alone_means_client(folder: Path) -> None:
    """`MODULE` alone means the `client` in it."""
    (folder / "my_office.py").write_text(PROGRAM)

    assert "p" == load_client("my_office").project


def test_named_client(folder: Path) -> None:
    """`MODULE:CLIENT` names one of several clients."""
    (folder / "my_shop.py").write_text(PROGRAM)

    assert "q" == load_client("my_shop:other").project


def test_file(folder: Path) -> None:
    """A file is loaded by its path, from whatever folder."""
    (folder / "sub").mkdir()
    (folder / "sub" / "my_desk.py").write_text(PROGRAM)

    assert isinstance(load_client("sub/my_desk.py"), RelayClient)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("target", ["no_such_module_here", "no/such/file.py"])
def test_missing(target: str) -> None:
    """A program that is not there is named."""
    with pytest.raises(ProgramError, match=target):
        load_client(target)


def test_missing_client_names_those_there_are(folder: Path) -> None:
    """A wrong client name is answered with the right ones."""
    (folder / "my_bar.py").write_text(PROGRAM)

    with pytest.raises(ProgramError, match="it has client, other: say my_bar:client"):
        load_client("my_bar:nobody")


def test_module_without_client(folder: Path) -> None:
    """A module without any client is told how to make one."""
    (folder / "my_void.py").write_text("client = 1\n")

    with pytest.raises(ProgramError, match=r"make one, such as client = RelayClient\(\)"):
        load_client("my_void")


def test_import_error_inside_is_the_programs_own(folder: Path) -> None:
    """A module that is there, but imports something that is not, is told with what it lacks."""
    (folder / "my_broken.py").write_text("import nothing_of_that_name\n")

    with pytest.raises(ProgramError, match=r"my_broken cannot be loaded: .*nothing_of_that_name"):
        load_module("my_broken")


def test_examples_folder_has_the_examples() -> None:
    """The demonstration finds its programs."""
    assert {"ivr.py", "voicemail.py", "dialer.py"} <= {path.name for path in examples_folder().iterdir()}


def test_program_named_like_a_standard_module(folder: Path) -> None:
    """A program whose name is a standard module's does not take that module's place."""
    (folder / "json.py").write_text(PROGRAM)

    assert isinstance(load_client("./json.py"), RelayClient)
    assert "json_program" in sys.modules
    assert hasattr(sys.modules["json"], "loads")


def test_program_that_runs_itself(folder: Path) -> None:
    """A program that ends in `client.run()` is loaded, not run: that is left to the tool."""
    (folder / "my_start.py").write_text(f"{PROGRAM}client.run()\nafter = True\n")

    assert load_module("my_start.py").after
    assert not is_loading()


def test_program_that_breaks_off(folder: Path) -> None:
    """When a program could not be loaded, clients run again."""
    (folder / "my_slip.py").write_text("import no_such_thing\n")
    with pytest.raises(ProgramError, match="no_such_thing"):
        load_module("my_slip.py")

    assert not is_loading()


def test_client_is_pointed_elsewhere() -> None:
    """What a program has given its client stands back behind an environment."""
    client = RelayClient(jwt_token="a.b.c", host="example.signalwire.com")  # of no account
    there = {"SIGNALWIRE_SPACE": "127.0.0.1:8", "SIGNALWIRE_PROJECT_ID": "p", "SIGNALWIRE_API_TOKEN": "t"}
    point_at(client, there)

    assert ("127.0.0.1:8", "p", "t", "") == (client.host, client.project, client.token, client.jwt_token)
