"""Names of folders and files, made of what people call things."""

__all__ = ["tidy_name"]


def tidy_name(name: str, keep: str = "-.") -> str:
    """Put a hyphen for every character that a folder's name should not have.

    Args:
        name: Any text, such as a schedule.
        keep: What may stay beside letters and digits.

    Example:
        >>> tidy_name("cyclical:n_cycles=4,ratio=0.5")
        'cyclical-n-cycles-4-ratio-0.5'
        >>> tidy_name("cyclical:n_cycles=4,ratio=0.5", keep="-.=,")
        'cyclical-n-cycles=4,ratio=0.5'
    """
    return "".join(letter if letter.isalnum() or letter in keep else "-" for letter in name)
