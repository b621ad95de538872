"""What two notebooks or plots share: definitions over the tables, and the stored results."""
