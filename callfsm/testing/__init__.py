"""What tests of programs that make calls are helped by.

`callfsm.testing.virtual_time` has an event loop on which hours take no time, `callfsm.testing.memory` joins a client to
the simulator without a socket, and `callfsm.testing.fault_proxy` stands between the two on a real one.
"""
