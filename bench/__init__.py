"""Every figure that the README or the docs print, measured beside a yardstick of the same run."""
