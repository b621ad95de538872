"""Numbers with bounds: the scalar `Quantity`, the pandas dtype ``quantity``, units, writing."""
