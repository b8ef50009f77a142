"""The network: sockets, the UNIX domain, and TCP and UDP over the loopback interface, the only one there is.

Read in this order: `socket.py` (the open file), `sock.py` (what every protocol has), `unix.py`, `udp.py`, `tcp.py`, and
`namespace.py`, which carries packets from one to the other.
"""
