"""What can be set of a client, before and between its connections."""

from callfsm import environment
from callfsm.core import checks
from callfsm.core.model import Settings
from callfsm.supervisor import Supervisor
from callfsm.transport import Connector


class Configuration:
    """The settings of a client; each next login uses what is set then. See `callfsm.RelayClient`."""

    _settings: Settings
    _supervisor: Supervisor
    _host: str
    _tls: bool

    @property
    def project(self) -> str:
        """The project id that the next login gives."""
        return self._settings.project

    @project.setter
    def project(self, project: str) -> None:
        self._settings.project = environment.credential("project", project)

    @property
    def token(self) -> str:
        """The API token that the next login gives."""
        return self._settings.token

    @token.setter
    def token(self, token: str) -> None:
        self._settings.token = environment.credential("token", token)

    @property
    def jwt_token(self) -> str:
        """The JWT that the next login gives, instead of project and token."""
        return self._settings.jwt_token

    @jwt_token.setter
    def jwt_token(self, jwt_token: str) -> None:
        self._settings.jwt_token = environment.credential("jwt_token", jwt_token)

    @property
    def host(self) -> str:
        """The server that the next connection goes to: ``host`` or ``host:port``."""
        return self._host

    @host.setter
    def host(self, host: str) -> None:
        self._host = environment.host(host, tls=self._tls)

    @property
    def connector(self) -> Connector:
        """What opens the next line; for tests and other transports."""
        return self._supervisor.connector

    @connector.setter
    def connector(self, connector: Connector) -> None:
        self._supervisor.connector = connector

    @property
    def contexts(self) -> list[str]:
        """The contexts that every login subscribes to; `receive` and `unreceive` keep it up to date."""
        return self._settings.contexts

    @contexts.setter
    def contexts(self, contexts: list[str]) -> None:
        self._settings.contexts = checks.texts("RelayClient", "contexts", contexts)
