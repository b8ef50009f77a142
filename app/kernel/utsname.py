"""What this kernel calls itself (uname(2))."""

SYSNAME = "Linux"
NODENAME = "trapgate"

RELEASE = "6.16.0"
"""The Linux release whose system call table this kernel has."""

VERSION = "#1 Trapgate"
DOMAINNAME = "(none)"
