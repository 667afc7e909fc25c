"""Who words the answers, chosen by a spec."""
