"""Dialogs of Switchboard: read, trained on by several processes, answered and scored."""
