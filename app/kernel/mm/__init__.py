"""The memory manager: regions, pages, and the ways in and out of user memory."""
