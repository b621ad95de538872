"""Numbers with bounds, from one number to a column that pandas can use. What each file says:

``aidstudy.intervals``
    Exact bounds, and exact numbers as text.
``result``
    The formula over printed figures (`Term`): its value, its bounds, its trail.
``aidstudy.rounding``
    How many digits a number bears.
``units``
    What may be added to what, and in which unit a result is shown.
``scalar``
    `Quantity`: a formula with a unit; `Missing`: none, and why.
``sums``
    Sums that take each figure once, and no part beside its whole.
``dtype``, ``reductions``
    A column of such scalars, and what pandas and NumPy ask of it.
``stored``, ``accessor``
    Quantities in files and in plain columns, ``series.quantity``, and tables for a notebook.
"""
