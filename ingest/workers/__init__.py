"""Processes that read files, and that may die of one."""
