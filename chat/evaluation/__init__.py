"""How good the answers are: figures, and the reports on them."""
