"""Run other people's clients, each program in a process of its own, against `callfsm simulate`.

    python tests/interop/run.py PYTHON-THAT-HAS-SIGNALWIRE-SDK [NODE_MODULES-THAT-HAS-REALTIME-API [SCENE...]]

Each line that is printed is one promise; the exit status is 1 when one is broken.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from acting import Program, act, command, simulator
from scenes import JAVASCRIPT, OFFICIAL, Promise, Scene

HERE = Path(__file__).parent
AT_ONCE = 4


def hello(program: Program) -> Iterator[Promise]:
    """The least that a program does: answer, speak, hang up."""
    program.says("connected")
    call_id = command("ring", "--context", "interop")["call_id"]
    yield "its words are heard", True, command("hear", call_id, "official client")["ok"]
    yield "its call ends", "ended", command("wait", call_id)["state"]
    yield "it says so", "", program.says("Call ended")


def play(name: str, words: list[str], environment: dict[str, str], scene: Scene) -> bool:
    """Play one scene around one program: whether every promise is kept."""
    program = Program(words, environment)
    lines, kept = [], True
    try:
        if scene is not hello:
            program.says("logged in")
        for promise, expected, actual in scene(program):
            kept &= expected == actual
            told = "" if expected == actual else f": expected {expected!r}, not {actual!r}"
            lines.append(f"{'ok    ' if expected == actual else 'BROKEN'} {name}: {promise}{told}")
        status = program.leaves()
        kept &= status == 0
        lines.append(f"{'ok    ' if status == 0 else 'BROKEN'} {name}: it leaves with status 0")
    except Exception as error:  # noqa: BLE001  # whatever goes wrong in one scene, the others are played
        kept = False
        lines.append(f"BROKEN {name}: {error!r}")
    complaints = program.close()
    print("\n".join(lines + ([complaints] if not kept else [])), flush=True)
    return kept


def main(python: str, node_modules: str = "", *names: str) -> int:
    """Play every scene, or those that are named, some at once: the exit status."""
    server, environment = simulator()
    # What Node is told of certificates and of where modules are.
    node = environment | {"NODE_EXTRA_CA_CERTS": environment["SIGNALWIRE_RELAY_CA_FILE"], "NODE_PATH": node_modules}
    scenes: list[tuple[str, list[str], dict[str, str], Scene]]
    scenes = [("hello", [python, str(HERE / "official_program.py")], environment, hello)]
    families = str(HERE / "official_families.py")
    scenes += [(name, [python, families, name], environment, scene) for name, scene in OFFICIAL.items()]
    if node_modules:
        realtime = str(HERE / "realtime_program.cjs")
        scenes += [(f"javascript {way}", ["node", realtime, way], node, scene) for way, scene in JAVASCRIPT.items()]
    if unknown := set(names) - {scene[0] for scene in scenes}:
        sys.exit(f"there is no scene {', '.join(unknown)}; there are {', '.join(scene[0] for scene in scenes)}")
    scenes = [scene for scene in scenes if not names or scene[0] in names]
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            kept = list(pool.map(lambda scene: play(*scene), scenes))
        statistics = act("statistics")["statistics"]
        unexpected = statistics["unexpected_frames"]
        print(f"{'BROKEN' if unexpected else 'ok    '} no frame was unexpected ({unexpected})")
        open_ = statistics["operations_open"] + statistics["calls_live"]
        print(f"{'BROKEN' if open_ else 'ok    '} nothing is left open ({open_})")
    finally:
        server.terminate()
        server.wait(10)
    return 0 if all(kept) and not unexpected and not open_ else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
