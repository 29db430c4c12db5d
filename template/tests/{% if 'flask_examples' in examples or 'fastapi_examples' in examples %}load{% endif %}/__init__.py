"""The shops under load, while what they need fails."""
